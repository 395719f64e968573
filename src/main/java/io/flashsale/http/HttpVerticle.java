package io.flashsale.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Listens. All instances share one port. */
public final class HttpVerticle extends VerticleBase {
    /**
     * How the API is served.
     *
     * @param host to listen on
     * @param port to listen on; 0 takes a free one
     * @param maxBodyBytes larger bodies are refused with 413
     * @param maxHeaderBytes of all headers together
     * @param idleTimeout a connection on which nothing moves is closed after it
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
        /** Refuses what cannot work. */
        public Settings {
            corsOrigins = List.copyOf(corsOrigins);
            require(port >= 0 && port <= 65_535, "port must be 0 to 65535");
            require(maxBodyBytes >= 1_024, "maxBodySize must be at least 1KiB");
            require(maxHeaderBytes >= 1_024, "maxHeaderSize must be at least 1KiB");
            require(idleTimeout.toSeconds() >= 1, "idleTimeout must be at least 1s");
            require(maxConnectionsPerAddress >= 1, "maxConnectionsPerAddress must be at least 1");
            require(corsOrigins.stream().noneMatch("*"::equals), "cors.origins must name origins, not *");
        }

        private static void require(boolean holds, String message) {
            if (!holds) {
                throw new IllegalArgumentException(message);
            }
        }
    }

    /**
     * Certificate and key as PEM files.
     *
     * @param certificate the chain
     * @param key its private key
     */
    public record Tls(Path certificate, Path key) {}

    private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private final Function<Vertx, Future<Router>> routers;
    private final Settings settings;
    private final ConnectionLimit connections;
    private HttpServer server;

    /**
     * Makes a verticle.
     *
     * @param routers connects to Redis on this instance's event loop and wires the routes to it
     * @param connections shared by all instances
     */
    public HttpVerticle(Function<Vertx, Future<Router>> routers, Settings settings, ConnectionLimit connections) {
        this.routers = routers;
        this.settings = settings;
        this.connections = connections;
    }

    @Override
    public Future<?> start() {
        return routers.apply(vertx).compose(router -> {
            server = vertx.createHttpServer(options(settings))
                    .connectionHandler(connections::accept)
                    .invalidRequestHandler(HttpVerticle::refuseInvalid)
                    .requestHandler(request -> {
                        if (isWellFormed(request.path())) {
                            router.handle(request);
                        } else {
                            refuseInvalid(request);
                        }
                    });
            return server.listen();
        });
    }

    @Override
    public Future<?> stop() {
        return server == null
                ? Future.succeededFuture()
                : server.shutdown(settings.drainTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private static HttpServerOptions options(Settings settings) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setMaxInitialLineLength(settings.maxHeaderBytes())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout((int) settings.idleTimeout().toMillis())
                .setAcceptBacklog(4_096)
                .setTcpNoDelay(true);
        settings.tls()
                .ifPresent(tls -> options.setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertPath(tls.certificate().toString())
                                .addKeyPath(tls.key().toString())));
        return options;
    }

    /** The router would throw at an escape that is none. */
    private static boolean isWellFormed(String path) {
        return path != null
                && path.startsWith("/")
                && !BROKEN_ESCAPE.matcher(path).find();
    }

    /** What is no HTTP at all gets an answer like any other, and the connection's end. */
    private static void refuseInvalid(HttpServerRequest request) {
        ApiException problem = new ApiException(
                ApiError.MALFORMED_REQUEST, "this is not valid HTTP, or its first line or headers are too long");
        request.response()
                .setStatusCode(problem.error().status())
                .putHeader("Content-Type", "application/problem+json")
                .putHeader("Connection", "close")
                .end(FailureHandler.body(problem, UUID.randomUUID().toString()).toBuffer())
                .onComplete(sent -> request.connection().close());
    }

    /** The port that was taken. */
    public int port() {
        return server.actualPort();
    }
}
