package io.flashsale.http;

import io.flashsale.domain.Requirements;
import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.middleware.FailureHandler;
import io.flashsale.http.middleware.RequestIds;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.mail.DevMailbox;
import io.flashsale.net.ListenAddress;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Serves health and metrics to operators on a separate port. */
public final class ManagementVerticle extends VerticleBase {
    /**
     * Configures where the verticle listens.
     *
     * @param host the address to listen on; loopback by default
     * @param port the port to listen on; 0 takes a free one
     */
    public record Settings(String host, int port) {
        /** Rejects invalid settings. */
        public Settings {
            new Requirements()
                    .that(ListenAddress.isHost(host), ListenAddress.HOST_RULE)
                    .that(ListenAddress.isPort(port), ListenAddress.PORT_RULE)
                    .check();
        }
    }

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** The text format that Prometheus expects without content negotiation. */
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Settings settings;
    private final Supplier<Optional<String>> notReady;
    private final Supplier<Future<JsonObject>> stores;
    private final Supplier<String> metrics;
    private final Optional<DevMailbox> mailbox;
    private HttpServer server;

    /**
     * Creates the verticle.
     *
     * @param notReady the reason why the node is not ready, or empty if it is ready
     * @param stores the state of Redis and MongoDB
     * @param metrics all metrics in the format of Prometheus
     * @param mailbox the mailbox of the embedded mode, or empty: then the route does not exist
     */
    public ManagementVerticle(
            Settings settings,
            Supplier<Optional<String>> notReady,
            Supplier<Future<JsonObject>> stores,
            Supplier<String> metrics,
            Optional<DevMailbox> mailbox) {
        this.metrics = metrics;
        this.settings = settings;
        this.notReady = notReady;
        this.stores = stores;
        this.mailbox = mailbox;
    }

    @Override
    public Future<?> start() {
        Router router = Router.router(vertx);
        router.route().handler(new RequestIds()).failureHandler(new FailureHandler());
        router.get("/health/live").handler(ctx -> JsonResponses.json(ctx, 200, status("up")));
        router.get("/health/ready").handler(this::ready);
        router.get("/health/stores")
                .handler(ctx -> stores.get()
                        .onSuccess(state -> JsonResponses.json(ctx, 200, state))
                        .onFailure(ctx::fail));
        router.get("/metrics")
                .handler(ctx -> ctx.response()
                        .putHeader("Content-Type", PROMETHEUS_TEXT)
                        .end(metrics.get()));
        mailbox.ifPresent(mails -> router.get("/dev/mailbox").handler(ctx -> readMail(ctx, mails)));
        router.route().handler(ctx -> ctx.fail(404));
        server = vertx.createHttpServer().requestHandler(router);
        return server.listen(settings.port(), settings.host())
                .recover(failure -> Future.failedFuture(new IllegalStateException("cannot listen on " + settings.host()
                        + ":" + settings.port() + " (management.port, MANAGEMENT_PORT): " + failure.getMessage())));
    }

    @Override
    public Future<?> stop() {
        return server == null ? Future.succeededFuture() : server.close();
    }

    private void ready(RoutingContext ctx) {
        notReady.get()
                .ifPresentOrElse(
                        reason -> ctx.fail(new ApiException(ApiError.UNAVAILABLE, reason).retryAfter(RETRY_AFTER)),
                        () -> JsonResponses.json(ctx, 200, status("up")));
    }

    private static void readMail(RoutingContext ctx, DevMailbox mailbox) {
        List<String> to = ctx.queryParam("to");
        if (to.size() != 1) {
            throw new io.flashsale.domain.InvalidFieldsException("to", "must be one e-mail address");
        }
        JsonArray mails = new JsonArray();
        mailbox.sentTo(to.get(0))
                .forEach(sent -> mails.add(new JsonObject()
                        .put("to", sent.mail().to())
                        .put("subject", sent.mail().subject())
                        .put("text", sent.mail().text())
                        .put("code", sent.mail().code())
                        .put("sentAt", JsonResponses.time(sent.sentAt()))));
        ctx.response().putHeader("Content-Type", "application/json").end(mails.toBuffer());
    }

    private static JsonObject status(String status) {
        return new JsonObject().put("status", status);
    }

    /** Returns the port that the server listens on. */
    public int port() {
        return server.actualPort();
    }
}
