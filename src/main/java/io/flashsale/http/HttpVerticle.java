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

/** Listens. All instances share one port. */
public final class HttpVerticle extends VerticleBase {
    /**
     * How the API is served.
     *
     * @param host to listen on
     * @param port to listen on; 0 takes a free one
     * @param maxBodyBytes larger bodies are refused with 413
     * @param maxHeaderBytes of all headers together
     * @param idleTimeout a connection that keeps the server waiting for a request, or the rest of one, is closed after
     *     it, to the second
     * @param maxConnectionsPerAddress that one peer may hold on this node
     * @param drainTimeout what is under way at the end may take this long
     * @param secureCookies whether the session cookie is for TLS only
     * @param corsOrigins of pages from elsewhere that may call; empty: none
     * @param tls certificate and key, or empty for plain HTTP
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
        private static final Duration LONGEST = Duration.ofHours(1);
        private static final String ORIGINS_RULE = "cors.origins must be origins as browsers send them, such as"
                + " https://shop.example.com: no path, in lower case, and a port only where it is not the scheme's own";

        /** Refuses what cannot work. */
        public Settings {
            corsOrigins = List.copyOf(corsOrigins);
            new Requirements()
                    .that(ListenAddress.isHost(host), ListenAddress.HOST_RULE)
                    .that(ListenAddress.isPort(port), ListenAddress.PORT_RULE)
                    .that(maxBodyBytes >= 1_024 && maxBodyBytes <= MAX_BODY, "maxBodySize must be 1KiB to 64MiB")
                    .that(maxHeaderBytes >= 1_024 && maxHeaderBytes <= MAX_HEADER, "maxHeaderSize must be 1KiB to 1MiB")
                    .that(
                            idleTimeout.toSeconds() >= 1 && idleTimeout.compareTo(LONGEST) <= 0,
                            "idleTimeout must be 1s to 1h")
                    .that(maxConnectionsPerAddress >= 1, "maxConnectionsPerAddress must be at least 1")
                    .that(drainTimeout.compareTo(LONGEST) <= 0, "drainTimeout must be at most 1h")
                    .that(corsOrigins.stream().allMatch(BrowserOrigins::isOrigin), ORIGINS_RULE)
                    .check();
        }
    }

    /**
     * Certificate and key as PEM files.
     *
     * @param certificate the chain
     * @param key its private key
     */
    public record Tls(Path certificate, Path key) {
        /** Reads both, and refuses what cannot serve TLS. */
        public Tls {
            PemFiles.check(certificate, key);
        }
    }

    /**
     * What an instance serves.
     *
     * @param router every route
     * @param beforeClose ends what would never end by itself
     * @param afterClose closes what no request needs any more
     */
    record Open(Router router, Runnable beforeClose, Supplier<Future<Void>> afterClose) {}

    private static final Duration SWEEP = Duration.ofSeconds(1);

    private final Function<Vertx, Future<Open>> routers;
    private final Settings settings;
    private final ConnectionLimit limit;
    private Runnable beforeClose = () -> {};
    private Supplier<Future<Void>> afterClose = Future::succeededFuture;
    private HttpServer server;

    HttpVerticle(Function<Vertx, Future<Open>> routers, Settings settings, ConnectionLimit limit) {
        this.routers = routers;
        this.settings = settings;
        this.limit = limit;
    }

    /**
     * Makes a verticle that serves the whole API.
     *
     * @param dependencies connects to Redis on this instance's event loop and wires the rooms to it
     * @param shared by all instances
     * @param limit shared by all instances
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
                        .map(opened -> new Open(
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
                    new Connections(limit, (int) settings.idleTimeout().dividedBy(SWEEP));
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
            vertx.setPeriodic(SWEEP.toMillis(), sweep -> connections.sweep());
            return server.listen().recover(this::refused);
        });
    }

    /** Of a verticle that does not start nobody calls stop(); what it opened would be lost with a warning. */
    private Future<HttpServer> refused(Throwable failure) {
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
                // HTTP/1.1 only: h2c upgrades are a way around a proxy's rules, and no bound here counts streams.
                .setHttp2ClearTextEnabled(false)
                .setUseAlpn(false)
                .setAcceptBacklog(4_096)
                .setMaxWebSocketFrameSize(settings.maxBodyBytes())
                .setMaxWebSocketMessageSize(settings.maxBodyBytes())
                // Every browser offers it, and it costs more memory for each of them than all else together.
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

    /** The port that was taken. */
    public int port() {
        return server.actualPort();
    }
}
