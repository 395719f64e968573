package io.flashsale.http;

import io.flashsale.auth.Session;
import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.middleware.ConnectionLimit;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/** Runs the real server with the real chain of handlers around the endpoints of a test. */
final class TestServer implements AutoCloseable {
    /** The session of the caller in {@link #SECURITY_HANDLER}. */
    static final Session SESSION = new Session(
            "hash", "u1", "ada@example.com", "user", true, 0, Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));

    /** Takes as long as a round trip to Redis, so the body arrives in the meantime. */
    static final SecurityPolicyHandler SECURITY_HANDLER = ctx -> {
        ctx.request().pause();
        ctx.vertx().setTimer(5, elapsed -> {
            ctx.put(Session.class.getName(), SESSION);
            ctx.request().resume();
            ctx.next();
        });
    };

    private final Vertx vertx = Vertx.vertx();
    private final HttpVerticle verticle;
    private final String deployment;

    /** Holds the settings that a test can change. */
    static final class Setup {
        Duration idleTimeout = Duration.ofSeconds(30);
        Duration drainTimeout = Duration.ofSeconds(5);
        int maxConnections = 1_000;
        List<String> origins = List.of();
        Optional<HttpVerticle.Tls> tls = Optional.empty();
        BiConsumer<RouteTable, Vertx> routes = (table, vertx) -> {};

        TestServer start() {
            return new TestServer(this);
        }
    }

    private TestServer(Setup setup) {
        HttpVerticle.Settings settings = new HttpVerticle.Settings(
                "127.0.0.1",
                0,
                65_536,
                8_192,
                setup.idleTimeout,
                setup.maxConnections,
                setup.drainTimeout,
                true,
                setup.origins,
                setup.tls);
        verticle = new HttpVerticle(
                of -> {
                    RouteTable table = new RouteTable(of, settings, Clock.systemUTC());
                    table.add(HttpMethod.POST, "/echo", SECURITY_HANDLER, steps(TestServer::echo));
                    table.add(HttpMethod.GET, "/thing", SECURITY_HANDLER, steps(TestServer::hello));
                    table.add(HttpMethod.GET, "/thing/:id", SECURITY_HANDLER, steps(TestServer::hello));
                    table.add(HttpMethod.POST, "/thing/make", SECURITY_HANDLER, steps(TestServer::echo));
                    setup.routes.accept(table, of);
                    return Future.succeededFuture(
                            new HttpVerticle.RouterHandle(table.router(), () -> {}, Future::succeededFuture));
                },
                settings,
                new ConnectionLimit(setup.maxConnections));
        deployment = await(vertx.deployVerticle(verticle));
    }

    static List<Handler<RoutingContext>> steps(Handler<RoutingContext> endpoint) {
        return List.of(endpoint);
    }

    private static void echo(RoutingContext ctx) {
        int length = ctx.body().buffer() == null ? 0 : ctx.body().buffer().length();
        JsonResponses.json(ctx, 200, new JsonObject().put("read", length));
    }

    private static void hello(RoutingContext ctx) {
        JsonResponses.json(ctx, 200, new JsonObject().put("hello", "world"));
    }

    Vertx vertx() {
        return vertx;
    }

    int port() {
        return verticle.port();
    }

    /** Sends a request and reads until the server closes the connection. */
    String toTheEnd(String request) throws IOException {
        try (RawSocket socket = new RawSocket(port())) {
            return socket.send(request).readToEnd();
        }
    }

    /** Sends a request and reads one response. */
    String once(String request) throws IOException {
        try (RawSocket socket = new RawSocket(port())) {
            return socket.send(request).readResponse();
        }
    }

    Future<Void> stop() {
        return vertx.undeploy(deployment);
    }

    /** Waits for a result. */
    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
