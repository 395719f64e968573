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
 * Runs one node: wires the components, deploys the verticles, and undeploys them in an order that loses no work.
 *
 * <p>The tests start it in the same way as the program does.
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
    private final StoreWait storeWait;
    private final Optional<DevMailbox> mailbox;
    private final ComponentFactory components;
    private final StaticAssets assets = StaticAssets.load();
    private final Lifecycle lifecycle;
    private HttpVerticle http;
    private ManagementVerticle management;
    private RedisGateway ownRedis;
    private StoreHealth health;

    /**
     * Wires a node.
     *
     * @param stores the addresses of Redis and MongoDB, configured or embedded
     */
    public FlashSaleServer(Vertx vertx, Configuration configuration, Configuration.Stores stores, Clock clock) {
        this(vertx, configuration, stores, SaleScripts.Scripts.load(), clock);
    }

    /** Wires a node with other scripts. Tests use it to break one of them on purpose. */
    FlashSaleServer(
            Vertx vertx,
            Configuration configuration,
            Configuration.Stores stores,
            SaleScripts.Scripts scripts,
            Clock clock) {
        this.vertx = vertx;
        this.configuration = configuration;

        this.clock = clock;
        // The API ends within its own timeout. The grace distinguishes it from an API that does not end at all.
        this.lifecycle =
                new Lifecycle(vertx, configuration.http().drainTimeout().plus(UNDEPLOY_GRACE));
        this.loop = vertx.getOrCreateContext();
        // Loads in parallel with everything else that the start waits for.
        this.contract = vertx.executeBlocking(ContractFormats::contract);
        boolean embedded = configuration.stores().isEmpty();
        this.mailbox =
                embedded && configuration.smtp().isEmpty() ? Optional.of(new DevMailbox(clock)) : Optional.empty();
        this.stores = stores;
        this.storeWait = new StoreWait(vertx, clock, lifecycle::isEnding);
        RedisOptions redisOptions = new RedisOptions().setConnectionString(stores.redisUri());
        registerJvmMetrics();
        this.components = new ComponentFactory(vertx, configuration, scripts, redisOptions, mailer(), meters, clock);
    }

    /** Registers the metrics that operators expect of any JVM. */
    private void registerJvmMetrics() {
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
        LOG.warn("SMTP_URI is not set; one-time codes will not be sent");
        return mail -> LOG.warn("mail dropped; SMTP_URI is not set");
    }

    /**
     * Starts the node. Waits for both stores without a time limit, also if one becomes unavailable again meanwhile:
     * nothing may be sold before MongoDB's indexes exist and before Redis has been checked, since it may be one that
     * evicts keys. Meanwhile the management port reports what the node waits for.
     *
     * @return fails if the configuration can never work, such as a Redis that is too old or evicts keys, and as soon as
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
                    ownRedis = redis;
                    return deployManagement();
                })
                .compose(deployed -> storeWait.until("Redis", MaskedUri.of(stores.redisUri()), this::redisAnswered))
                .compose(answered -> checkRedis(ownRedis))
                .compose(fit -> storeWait.until("MongoDB", MaskedUri.of(stores.mongoUri()), this::prepareMongo))
                .compose(prepared -> deployVerticles())
                .compose(deployed -> storeWait.until("MongoDB", MaskedUri.of(stores.mongoUri()), this::seedAdmin))
                .compose(admin -> storeWait.until("Redis and MongoDB", "this machine", this::seedDemo))
                // The caller stops the node after a failed start, so closed connections are expected from now on.
                .onFailure(failure -> components.expectDisconnects());
    }

    /** Also succeeds if Redis answers but is unsuitable: there is no point in waiting for it. */
    private Future<Void> redisAnswered() {
        return ownRedis.identity()
                .<Void>mapEmpty()
                .recover(failure ->
                        ownRedis.refusal().isPresent() ? Future.succeededFuture() : Future.failedFuture(failure));
    }

    /** Rejects a Redis that is not safe for sales, and gives the reason. */
    private static Future<Void> checkRedis(RedisGateway redis) {
        // A Redis that has just become unavailable does not prevent the start: every recovery checks it again.
        return redis.identity()
                .map(ServerIdentity::rejection)
                .otherwise(failure -> redis.refusal())
                .compose(rejection -> rejection.isPresent()
                        ? Future.failedFuture(new IllegalStateException(rejection.get()))
                        : Future.succeededFuture());
    }

    private Future<Void> deployManagement() {
        health = new StoreHealth(
                vertx, ownRedis, components.redisGateways(), components.mongo(), components.recoveringSales(), clock);
        management = new ManagementVerticle(
                configuration.management(), this::notReady, this::storeHealth, meters::scrape, mailbox);
        // Before the node waits for anything, so that operators can see what it waits for.
        return deploy(() -> management, 1)
                .onSuccess(open ->
                        LOG.atInfo().addKeyValue("port", management.port()).log("management port opened"));
    }

    private Future<JsonObject> storeHealth() {
        return onOwnLoop(health::check);
    }

    private Optional<String> notReady() {
        return switch (lifecycle.state()) {
            case STARTING -> Optional.of(storeWait.detail());
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

    /** Creates the first admin if one is configured. */
    private Future<Void> seedAdmin() {
        return configuration
                .admin()
                .map(first -> components.accounts(ownRedis).ensureAdmin(first.email(), first.password()))
                .orElse(Future.succeededFuture());
    }

    /** Creates a product to try, in the embedded default only. */
    private Future<Void> seedDemo() {
        if (configuration.stores().isPresent()) {
            return Future.succeededFuture();
        }
        Catalog catalog = components.catalog(ownRedis);
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
     * Stops the node, also during its start: accepts no new requests, lets requests under way finish, and closes the
     * rest in reverse order of its start. A second call has no further effect.
     */
    public Future<Void> stop() {
        components.expectDisconnects();
        return lifecycle.stop(() -> components
                .close()
                .eventually(() -> components.mongo().close())
                .eventually(() -> {
                    garbageCollection.close();
                    meters.close();
                    return Future.succeededFuture();
                }));
    }

    /** Returns how long requests under way may take to finish after {@link #stop}. */
    public Duration drainTimeout() {
        return configuration.http().drainTimeout();
    }

    /** Returns the port of the API. */
    public int port() {
        return http.port();
    }

    /** Returns the port of the management endpoints. */
    public int managementPort() {
        return management.port();
    }

    /** Returns the id of the newest product, as a product to try. */
    public Future<Optional<String>> newestProduct() {
        return onOwnLoop(() -> components.catalog(ownRedis).list(null, 1))
                .map(page -> page.items().stream()
                        .findFirst()
                        .map(view -> view.product().id()));
    }

    /** Queries Redis on this node's own connection. */
    <T> Future<T> queryRedis(Function<RedisGateway, Future<T>> query) {
        return onOwnLoop(() -> query.apply(ownRedis));
    }

    /** Returns the store of the orders in MongoDB. */
    OrderStore orders() {
        return components.orders();
    }

    /**
     * Runs a step on the event loop to which this node's own Redis connection belongs, and completes on the event loop
     * of the caller.
     */
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
