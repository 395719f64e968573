package io.flashsale.server;

import io.flashsale.async.Futures;
import io.flashsale.catalog.Catalog;
import io.flashsale.config.Configuration;
import io.flashsale.config.MaskedUri;
import io.flashsale.domain.ProductDetails;
import io.flashsale.http.HttpVerticle;
import io.flashsale.http.ManagementVerticle;
import io.flashsale.http.Routes;
import io.flashsale.http.middleware.ConnectionLimit;
import io.flashsale.http.middleware.ContractFormats;
import io.flashsale.http.pages.StaticAssets;
import io.flashsale.live.LiveVerticle;
import io.flashsale.mail.DevMailbox;
import io.flashsale.mail.Mailer;
import io.flashsale.mail.SmtpMailer;
import io.flashsale.openapi.Contract;
import io.flashsale.persistence.audit.AuditClient;
import io.flashsale.persistence.audit.AuditVerticle;
import io.flashsale.persistence.order.OrderClient;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.order.PersistenceVerticle;
import io.flashsale.purchase.PurchaseVerticle;
import io.flashsale.purchase.RecoveryClient;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.reconcile.ReconcilerVerticle;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.ServerIdentity;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: wires the rooms, deploys the verticles, and takes them down again in the order that loses nothing.
 *
 * <p>The tests start it the same way as the program does.
 */
public final class FlashSaleServer {
    private static final Logger LOG = LoggerFactory.getLogger(FlashSaleServer.class);
    private static final Duration UNDEPLOY_GRACE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Configuration configuration;

    private final Clock clock;
    private final Context loop;
    private final Future<Contract> contract;
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private final Configuration.Stores stores;
    private final StoreWait waiting;
    private final Optional<DevMailbox> mailbox;
    private final ComponentFactory components;
    private final StaticAssets assets = StaticAssets.load();
    private final Lifecycle lifecycle;
    private HttpVerticle http;
    private ManagementVerticle management;
    private RedisGateway own;
    private StoreHealth health;

    /**
     * Wires a node.
     *
     * @param stores where Redis and MongoDB are, whoever started them
     */
    public FlashSaleServer(Vertx vertx, Configuration configuration, Configuration.Stores stores, Clock clock) {
        this(vertx, configuration, stores, SaleScripts.Scripts.load(), clock);
    }

    /** The same with other scripts: a test breaks one of them on purpose. */
    FlashSaleServer(
            Vertx vertx,
            Configuration configuration,
            Configuration.Stores stores,
            SaleScripts.Scripts scripts,
            Clock clock) {
        this.vertx = vertx;
        this.configuration = configuration;

        this.clock = clock;
        // The API itself ends by its time-out; a moment more, and it is told apart from one that does not end.
        this.lifecycle =
                new Lifecycle(vertx, configuration.http().drainTimeout().plus(UNDEPLOY_GRACE));
        this.loop = vertx.getOrCreateContext();
        // Beside everything else that a start waits for.
        this.contract = vertx.executeBlocking(ContractFormats::contract);
        boolean embedded = configuration.stores().isEmpty();
        this.mailbox =
                embedded && configuration.smtp().isEmpty() ? Optional.of(new DevMailbox(clock)) : Optional.empty();
        this.stores = stores;
        this.waiting = new StoreWait(vertx, clock, lifecycle::isEnding);
        RedisOptions redisOptions = new RedisOptions().setConnectionString(stores.redisUri());
        measureTheJvm();
        this.components = new ComponentFactory(vertx, configuration, scripts, redisOptions, mailer(), meters, clock);
    }

    /** What any operator of a JVM expects to see. */
    private void measureTheJvm() {
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        garbageCollection.bindTo(meters);
    }

    private Mailer mailer() {
        if (configuration.smtp().isPresent()) {
            return new SmtpMailer(vertx, configuration.smtp().get());
        }
        if (mailbox.isPresent()) {
            return mailbox.get();
        }
        LOG.warn("no SMTP_URI: nobody will get a one-time code");
        return mail -> LOG.warn("a mail was dropped: no SMTP_URI");
    }

    /**
     * Starts. Waits for both stores as long as it takes, also where one goes away again meanwhile: nothing may be sold before
     * MongoDB's indexes stand, and a Redis that nobody has spoken to may be one that loses keys. Meanwhile the management
     * port tells what is waited for.
     *
     * @return fails where the configuration can never work, such as a Redis that is too old or evicts keys, and as soon as
     *     the node is stopped
     */
    public Future<Void> start() {
        OrderClient.registerCodecs(vertx);
        AuditClient.registerCodecs(vertx);
        RecoveryClient.registerCodecs(vertx);
        LiveVerticle.registerCodecs(vertx);
        return lifecycle
                .start(() -> onOwnLoop(this::startOnLoop))
                .onSuccess(started -> LOG.atInfo().addKeyValue("port", port()).log("ready"));
    }

    private Future<Void> startOnLoop() {
        return components
                .connect()
                .compose(redis -> {
                    own = redis;
                    return deployManagement();
                })
                .compose(deployed -> waiting.until("Redis", MaskedUri.of(stores.redisUri()), this::redisAnswered))
                .compose(answered -> checkRedis(own))
                .compose(fit -> waiting.until("MongoDB", MaskedUri.of(stores.mongoUri()), this::prepareMongo))
                .compose(prepared -> deployVerticles())
                .compose(deployed -> waiting.until("MongoDB", MaskedUri.of(stores.mongoUri()), this::seedAdmin))
                .compose(admin -> waiting.until("Redis and MongoDB", "this machine", this::seedDemo))
                // Whoever called ends this node now: that its connections end is no news.
                .onFailure(failure -> components.expectEnd());
    }

    /** One that answers and is refused need not be waited for. */
    private Future<Void> redisAnswered() {
        return own.identity()
                .<Void>mapEmpty()
                .recover(away -> own.refusal().isPresent() ? Future.succeededFuture() : Future.failedFuture(away));
    }

    /** A Redis on which no sale may rest is refused with the reason. */
    private static Future<Void> checkRedis(RedisGateway redis) {
        // One that went away just now is no reason not to start: every recovery checks again.
        return redis.identity()
                .map(ServerIdentity::rejection)
                .otherwise(away -> redis.refusal())
                .compose(rejection -> rejection.isPresent()
                        ? Future.failedFuture(new IllegalStateException(rejection.get()))
                        : Future.succeededFuture());
    }

    private Future<Void> deployManagement() {
        health = new StoreHealth(
                vertx, own, components.redisGateways(), components.mongo(), components.recoveringSales(), clock);
        management = new ManagementVerticle(
                configuration.management(), this::notReady, this::storeHealth, meters::scrape, mailbox);
        // Before anything is waited for: this is where an operator asks what it is.
        return deploy(() -> management, 1)
                .onSuccess(open ->
                        LOG.atInfo().addKeyValue("port", management.port()).log("management port opened"));
    }

    private Future<JsonObject> storeHealth() {
        return onOwnLoop(health::check);
    }

    private Optional<String> notReady() {
        return switch (lifecycle.state()) {
            case STARTING -> Optional.of(waiting.detail());
            case READY -> Optional.empty();
            case DRAINING, STOPPED -> Optional.of("stopping");
        };
    }

    private Future<Void> prepareMongo() {
        JsonObject config = new JsonObject()
                .put("connection_string", MongoUri.withMajority(stores.mongoUri(), configuration.mongodb()))
                .put("db_name", configuration.database());
        return components.mongo().open(vertx, config).compose(opened -> components.prepareStores());
    }

    private Future<Void> deployVerticles() {
        Configuration.Instances instances = configuration.instances();
        ConnectionLimit connections = new ConnectionLimit(configuration.http().maxConnectionsPerAddress());
        return deploy(() -> new AuditVerticle(components::auditLog), 1)
                .compose(
                        done -> deploy(() -> new PersistenceVerticle(components::groupCommit), instances.persistence()))
                .compose(done ->
                        deploy(() -> new ReconcilerVerticle(components::reconciler, configuration.reconciler()), 1))
                .compose(done -> deploy(() -> new PurchaseVerticle(components::purchases), instances.purchase()))
                .compose(done -> deploy(() -> new LiveVerticle(components::subscriber), 1))
                .compose(done -> contract)
                .map(read -> new Routes.Shared(assets, read))
                .compose(shared -> deploy(
                        () -> http = HttpVerticle.serving(
                                loop -> components.httpDependencies(loop, this::storeHealth),
                                shared,
                                configuration.http(),
                                connections,
                                clock),
                        instances.http()));
    }

    private Future<Void> deploy(Supplier<Deployable> verticle, int instances) {
        return lifecycle.deploy(verticle, instances);
    }

    /** The first admin. */
    private Future<Void> seedAdmin() {
        return configuration
                .admin()
                .map(first -> components.accounts(own).ensureAdmin(first.email(), first.password()))
                .orElse(Future.succeededFuture());
    }

    /** In the embedded default a product to try. */
    private Future<Void> seedDemo() {
        if (configuration.stores().isPresent()) {
            return Future.succeededFuture();
        }
        Catalog catalog = components.catalog(own);
        return catalog.list(null, 1).compose(page -> {
            if (!page.items().isEmpty()) {
                return Future.succeededFuture();
            }
            ProductDetails demo = ProductDetails.builder()
                    .name("Mechanical keyboard, first edition")
                    .description("Five hundred of them, one for each buyer.")
                    .price(4_999)
                    .currency("USD")
                    .stock(500)
                    .build();
            return catalog.create(demo).mapEmpty();
        });
    }

    /**
     * Stops, at any moment of the start too: takes no new requests, lets those under way end, and closes the rest in the
     * reverse order of its start. Asked for twice it is done once.
     */
    public Future<Void> stop() {
        components.expectEnd();
        return lifecycle.stop(() -> components
                .close()
                .eventually(() -> components.mongo().close())
                .eventually(() -> {
                    garbageCollection.close();
                    meters.close();
                    return Future.succeededFuture();
                }));
    }

    /** How long requests under way may take to end after {@link #stop}. */
    public Duration drainTimeout() {
        return configuration.http().drainTimeout();
    }

    /** The port of the API. */
    public int port() {
        return http.port();
    }

    /** The port of the management endpoints. */
    public int managementPort() {
        return management.port();
    }

    /** A product to try, the newest one. */
    public Future<Optional<String>> anyProduct() {
        return onOwnLoop(() -> components.catalog(own).list(null, 1))
                .map(page -> page.items().stream()
                        .findFirst()
                        .map(view -> view.product().id()));
    }

    /** Asks Redis on this node's own connection. */
    <T> Future<T> ask(Function<RedisGateway, Future<T>> question) {
        return onOwnLoop(() -> question.apply(own));
    }

    /** The orders as MongoDB has them. */
    OrderStore orders() {
        return components.orders();
    }

    /** This object's own connection to Redis belongs to one event loop, whoever calls; an answer goes back to the caller's. */
    private <T> Future<T> onOwnLoop(Supplier<Future<T>> step) {
        Promise<T> promise = Promise.promise();
        Context caller = Vertx.currentContext();
        loop.runOnContext(now -> Futures.attempt(step).onComplete(done -> {
            if (caller == null) {
                promise.handle(done);
            } else {
                caller.runOnContext(back -> promise.handle(done));
            }
        }));
        return promise.future();
    }
}
