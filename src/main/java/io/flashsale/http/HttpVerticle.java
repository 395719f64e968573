package io.flashsale.http;

import io.flashsale.domain.Requirements;
import io.flashsale.http.middleware.BrowserOrigins;
import io.flashsale.http.middleware.ConnectionLimit;
import io.flashsale.http.middleware.Connections;
import io.flashsale.http.middleware.RequestSanitizer;
import io.flashsale.net.ListenAddress;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Serves the public API. All instances share one port. */
public final class HttpVerticle extends VerticleBase {
    /**
     * Configures how the API is served.
     *
     * @param host the address to listen on
     * @param port the port to listen on; 0 takes a free one
     * @param maxBodyBytes the maximum size of a body; larger bodies are rejected with 413
     * @param maxHeaderBytes the maximum size of all headers together
     * @param idleTimeout how long a connection may keep the server waiting for a request, or for the rest of one,
     *     before it is closed; accurate to a second
     * @param maxConnectionsPerAddress the maximum number of open connections of one peer on this node
     * @param drainTimeout how long requests in progress may take once the shutdown has begun
     * @param secureCookies whether the session cookie is sent over TLS only
     * @param corsOrigins the other origins whose pages may call the API; empty allows none
     * @param tls the certificate and its key, or empty for plain HTTP
     */
    public record Settings(
            String host,
            int port,
            int maxBodyBytes,
            int maxHeaderBytes,
            Duration idleTimeout,
            int maxConnectionsPerAddress,
            Duration drainTimeout,
            boolean secureCookies,
            List<String> corsOrigins,
            Optional<Tls> tls) {
        private static final int MAX_BODY = 64 << 20;
        private static final int MAX_HEADER = 1 << 20;
        private static final Duration MAX_DURATION = Duration.ofHours(1);
        private static final String ORIGINS_RULE = "cors.origins must be origins as browsers send them, such as"
                + " https://shop.example.com: no path, in lower case, and a port only if it is not the default one";

        /** Rejects invalid settings. */
        public Settings {
            corsOrigins = List.copyOf(corsOrigins);
            new Requirements()
                    .that(ListenAddress.isHost(host), ListenAddress.HOST_RULE)
                    .that(ListenAddress.isPort(port), ListenAddress.PORT_RULE)
                    .that(maxBodyBytes >= 1_024 && maxBodyBytes <= MAX_BODY, "maxBodySize must be 1KiB to 64MiB")
                    .that(maxHeaderBytes >= 1_024 && maxHeaderBytes <= MAX_HEADER, "maxHeaderSize must be 1KiB to 1MiB")
                    .that(
                            idleTimeout.toSeconds() >= 1 && idleTimeout.compareTo(MAX_DURATION) <= 0,
                            "idleTimeout must be 1s to 1h")
                    .that(maxConnectionsPerAddress >= 1, "maxConnectionsPerAddress must be at least 1")
                    .that(drainTimeout.compareTo(MAX_DURATION) <= 0, "drainTimeout must be at most 1h")
                    .that(corsOrigins.stream().allMatch(BrowserOrigins::isOrigin), ORIGINS_RULE)
                    .check();
        }
    }

    /**
     * Names the certificate and its key as PEM files.
     *
     * @param certificate the certificate chain
     * @param key the private key of the certificate
     */
    public record Tls(Path certificate, Path key) {
        /** Reads both files and rejects what cannot serve TLS. */
        public Tls {
            PemFiles.check(certificate, key);
        }
    }

    /**
     * Bundles the routes of an instance with the resources behind them.
     *
     * @param router all routes
     * @param beforeClose ends the streams, which never end by themselves
     * @param afterClose closes the resources once no request needs them
     */
    record RouterHandle(Router router, Runnable beforeClose, Supplier<Future<Void>> afterClose) {}

    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);

    private final Function<Vertx, Future<RouterHandle>> routers;
    private final Settings settings;
    private final ConnectionLimit limit;
    private Runnable beforeClose = () -> {};
    private Supplier<Future<Void>> afterClose = Future::succeededFuture;
    private HttpServer server;

    HttpVerticle(Function<Vertx, Future<RouterHandle>> routers, Settings settings, ConnectionLimit limit) {
        this.routers = routers;
        this.settings = settings;
        this.limit = limit;
    }

    /**
     * Creates a verticle that serves the whole API.
     *
     * @param dependencies connects to Redis on this instance's event loop and wires the services to it
     * @param shared what all instances share
     * @param limit the connection limit, which all instances share
     */
    public static HttpVerticle serving(
            Function<Vertx, Future<Routes.Dependencies>> dependencies,
            Routes.Shared shared,
            Settings settings,
            ConnectionLimit limit,
            Clock clock) {
        return new HttpVerticle(
                vertx -> dependencies
                        .apply(vertx)
                        .map(opened -> new RouterHandle(
                                Routes.router(vertx, opened, shared, settings, clock),
                                opened.live()::close,
                                opened.link()::close)),
                settings,
                limit);
    }

    @Override
    public Future<?> start() {
        return routers.apply(vertx).compose(open -> {
            beforeClose = open.beforeClose();
            afterClose = open.afterClose();
            Connections connections =
                    new Connections(limit, (int) settings.idleTimeout().dividedBy(SWEEP_INTERVAL));
            RequestSanitizer sanitizer = new RequestSanitizer(
                    vertx,
                    connections,
                    new RequestSanitizer.Bounds(
                            settings.maxHeaderBytes(),
                            settings.maxBodyBytes(),
                            settings.tls().isPresent()),
                    open.router());
            server = vertx.createHttpServer(options(settings))
                    .connectionHandler(connections::accept)
                    .invalidRequestHandler(sanitizer::handleInvalid)
                    .requestHandler(sanitizer);
            vertx.setPeriodic(SWEEP_INTERVAL.toMillis(), sweep -> connections.sweep());
            return server.listen().recover(this::startFailed);
        });
    }

    /** Closes what was opened: Vert.x does not call stop() on a verticle that failed to start. */
    private Future<HttpServer> startFailed(Throwable failure) {
        beforeClose.run();
        return afterClose
                .get()
                .transform(closed -> Future.failedFuture(new IllegalStateException("cannot listen on " + settings.host()
                        + ":" + settings.port() + " (server.port, PORT): " + failure.getMessage())));
    }

    @Override
    public Future<?> stop() {
        beforeClose.run();
        Future<Void> drained = server == null
                ? Future.succeededFuture()
                : server.shutdown(settings.drainTimeout().toMillis(), TimeUnit.MILLISECONDS);
        return drained.eventually(afterClose);
    }

    private static HttpServerOptions options(Settings settings) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setMaxInitialLineLength(settings.maxHeaderBytes())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout((int) settings.idleTimeout().toMillis())
                // HTTP/1.1 only: h2c upgrades bypass the rules of a proxy, and no limit here counts streams.
                .setHttp2ClearTextEnabled(false)
                .setUseAlpn(false)
                .setAcceptBacklog(4_096)
                .setMaxWebSocketFrameSize(settings.maxBodyBytes())
                .setMaxWebSocketMessageSize(settings.maxBodyBytes())
                // Every browser offers compression, but it costs more memory per connection than everything else
                // together.
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setTcpNoDelay(true);
        settings.tls()
                .ifPresent(tls -> options.setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertPath(tls.certificate().toString())
                                .addKeyPath(tls.key().toString())));
        return options;
    }

    /** Returns the port that the server listens on. */
    public int port() {
        return server.actualPort();
    }
}
