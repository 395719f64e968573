package io.flashsale.server;

import io.flashsale.auth.AccountService;
import io.flashsale.auth.AuthHandlers;
import io.flashsale.auth.BruteForceProtection;
import io.flashsale.auth.OneTimeCodeService;
import io.flashsale.auth.PasswordHasher;
import io.flashsale.auth.SessionService;
import io.flashsale.catalog.Catalog;
import io.flashsale.catalog.ProductEditor;
import io.flashsale.config.Configuration;
import io.flashsale.http.Routes;
import io.flashsale.http.endpoint.OverviewEndpoint;
import io.flashsale.live.LiveMetrics;
import io.flashsale.live.SubscriptionHub;
import io.flashsale.mail.Mailer;
import io.flashsale.orders.DeadLetterService;
import io.flashsale.orders.OrderAudit;
import io.flashsale.orders.OrderPersister;
import io.flashsale.orders.OrderService;
import io.flashsale.persistence.MongoGateway;
import io.flashsale.persistence.SecretStore;
import io.flashsale.persistence.account.AccountStore;
import io.flashsale.persistence.audit.AuditClient;
import io.flashsale.persistence.audit.AuditLog;
import io.flashsale.persistence.audit.AuditMetrics;
import io.flashsale.persistence.audit.AuditStore;
import io.flashsale.persistence.order.CommitMetrics;
import io.flashsale.persistence.order.DeadLetterStore;
import io.flashsale.persistence.order.GroupCommit;
import io.flashsale.persistence.order.OrderClient;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.order.OrderWriter;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.persistence.session.SessionStore;
import io.flashsale.purchase.ConcurrencyLimiter;
import io.flashsale.purchase.PurchaseClient;
import io.flashsale.purchase.PurchaseMetrics;
import io.flashsale.purchase.PurchaseService;
import io.flashsale.purchase.RecoveryClient;
import io.flashsale.purchase.ReservedOrders;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.purchase.StockHolds;
import io.flashsale.purchase.StockLevelReader;
import io.flashsale.ratelimit.ClientAddress;
import io.flashsale.ratelimit.RateLimiter;
import io.flashsale.ratelimit.RejectionCache;
import io.flashsale.reconcile.Reconciler;
import io.flashsale.reconcile.ReconcilerMetrics;
import io.flashsale.reconcile.RecoveringSales;
import io.flashsale.reconcile.Recovery;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.RedisSubscriber;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Creates the components of one node: those that all event loops share, and those that each event loop needs for
 * itself. The verticles are deployed by {@link FlashSaleServer}.
 */
final class ComponentFactory {
    private static final String AUTH_SECRET = "gate";

    private final Vertx vertx;
    private final Configuration configuration;
    private final SaleScripts.Scripts scripts;
    private final RedisOptions redisOptions;
    private final Clock clock;

    private final MongoGateway mongo;
    private final OrderStore orders;
    private final ProductStore products;
    private final AccountStore accounts;
    private final SessionStore sessions;
    private final SecretStore secrets;
    private final OrderClient orderClient;
    private final RecoveryClient recoveries;
    private final PurchaseMetrics purchaseMetrics;
    private final CommitMetrics commitMetrics;
    private final List<Catalog> catalogs = new CopyOnWriteArrayList<>();
    private final PurchaseClient purchases;
    private final PasswordHasher passwords;
    private final Mailer mailer;
    private final RejectionCache rejections;
    private final RecoveringSales recoveringSales;
    private final DeadLetterStore deadLetterStore;
    private final ReconcilerMetrics reconcilerMetrics;
    private final AuditMetrics auditMetrics;
    private final AuditStore audit;
    private final AuditClient auditLog;
    private final OrderAudit orderAudit;
    private final String id = UUID.randomUUID().toString().substring(0, 8);
    private final Instant startedAt;
    private final List<RedisGateway> redisGateways = new CopyOnWriteArrayList<>();
    private final AtomicInteger listeners = new AtomicInteger();
    private final LiveMetrics liveMetrics;
    private byte[] authSecret;
    private volatile boolean closed;

    ComponentFactory(
            Vertx vertx,
            Configuration configuration,
            SaleScripts.Scripts scripts,
            RedisOptions redisOptions,
            Mailer mailer,
            MeterRegistry meters,
            Clock clock) {
        this.vertx = vertx;
        this.configuration = configuration;
        this.scripts = scripts;
        this.redisOptions = redisOptions;
        this.mailer = mailer;
        this.clock = clock;
        this.mongo = new MongoGateway(configuration.mongodb());
        this.orders = new OrderStore(mongo, clock);
        this.products = new ProductStore(mongo);
        this.accounts = new AccountStore(mongo);
        this.sessions = new SessionStore(mongo);
        this.secrets = new SecretStore(mongo);
        this.orderClient = new OrderClient(vertx, configuration.purchase().confirmTimeout());
        this.recoveries = new RecoveryClient(vertx);
        ConcurrencyLimiter concurrencyLimiter =
                new ConcurrencyLimiter(configuration.purchase().maxInFlight());
        this.commitMetrics = new CommitMetrics(meters);
        this.purchaseMetrics = new PurchaseMetrics(meters, concurrencyLimiter);
        this.purchases = new PurchaseClient(vertx, concurrencyLimiter, purchaseMetrics, purchaseTimeout(configuration));
        this.liveMetrics = new LiveMetrics(meters, listeners);
        meters.gauge(
                "flashsale.redis.links",
                redisGateways,
                all -> all.stream().filter(RedisGateway::isConnected).count());
        this.passwords = new PasswordHasher(vertx, configuration.passwords());
        this.rejections = new RejectionCache(clock);
        FunctionCounter.builder("flashsale.cache.reads", catalogs, all -> sum(all, Catalog::hits))
                .tag("result", "hit")
                .register(meters);
        FunctionCounter.builder("flashsale.cache.reads", catalogs, all -> sum(all, Catalog::misses))
                .tag("result", "miss")
                .register(meters);
        this.recoveringSales = new RecoveringSales(clock);
        this.deadLetterStore = new DeadLetterStore(mongo, orders);
        this.reconcilerMetrics = new ReconcilerMetrics(meters, recoveringSales);
        this.auditMetrics = new AuditMetrics(meters);
        this.audit = new AuditStore(mongo, auditMetrics);
        this.auditLog =
                new AuditClient(vertx, configuration.mongodb().commandTimeout().plusSeconds(1));
        this.orderAudit = new OrderAudit(audit, auditLog, clock);
        this.startedAt = clock.instant();
    }

    /** Creates a client with a longer timeout: no buyer waits for the orders that a recovery writes. */
    private OrderClient recoveryOrderClient() {
        return new OrderClient(vertx, configuration.mongodb().commandTimeout().multipliedBy(3));
    }

    private static double sum(List<Catalog> catalogs, ToLongFunction<Catalog> count) {
        return catalogs.stream().mapToLong(count).sum();
    }

    /**
     * Covers the script and its repetition if the identity of Redis has changed, then the confirmation by MongoDB.
     */
    private static Duration purchaseTimeout(Configuration configuration) {
        return configuration
                .redis()
                .commandTimeout()
                .multipliedBy(3)
                .plus(configuration.purchase().confirmTimeout())
                .plusSeconds(1);
    }

    /** Creates the indexes in MongoDB, which are part of readiness: nothing may be sold before they exist. */
    Future<Void> prepareStores() {
        return orders.ensureIndexes()
                .compose(done -> products.ensureIndexes())
                .compose(done -> deadLetterStore.ensureIndexes())
                .compose(done -> accounts.ensureIndexes())
                .compose(done -> sessions.ensureIndexes())
                .compose(done -> audit.ensureIndexes())
                .compose(done -> secrets.get(AUTH_SECRET))
                .onSuccess(secret -> authSecret = secret)
                .mapEmpty();
    }

    /** Opens a connection for the calling event loop. */
    Future<RedisGateway> connect() {
        RedisGateway redis = new RedisGateway(vertx, redisOptions, configuration.redis());
        redisGateways.add(redis);
        // Checked after adding, so that a concurrent close() cannot miss this connection.
        return closed
                ? Future.failedFuture(new IllegalStateException("the node is closed"))
                : redis.start().map(redis);
    }

    /** Announces the drain: connections that close from now on are not logged as failures. */
    void expectDisconnects() {
        redisGateways.forEach(RedisGateway::expectEnd);
    }

    /** Closes the shared components. Must be called after all verticles are undeployed. */
    Future<Void> close() {
        closed = true;
        return Future.join(redisGateways.stream().map(RedisGateway::close).toList())
                .<Void>mapEmpty()
                .eventually(mailer::close)
                .eventually(passwords::close);
    }

    GroupCommit groupCommit(Vertx loop) {
        return new GroupCommit(loop, new OrderWriter(mongo, orders, clock), commitMetrics, configuration.groupCommit());
    }

    AuditLog auditLog(Vertx loop) {
        return new AuditLog(loop, audit, auditMetrics);
    }

    Future<PurchaseService> purchases(Vertx loop) {
        return connect().map(redis -> {
            SaleScripts saleScripts = saleScripts(redis);
            return new PurchaseService(
                    loop,
                    saleScripts,
                    persister(loop, saleScripts),
                    orders,
                    products,
                    recoveries,
                    configuration.purchase().refusalTimeout(),
                    clock);
        });
    }

    Future<Reconciler> reconciler(Vertx loop) {
        return connect().map(redis -> {
            SaleScripts saleScripts = saleScripts(redis);
            OrderPersister persister = persister(loop, saleScripts);
            DeadLetterService deadLetters = deadLetters(saleScripts, persister);
            return new Reconciler(
                    new Reconciler.Dependencies(
                            saleScripts,
                            persister,
                            products,
                            orders,
                            deadLetterStore,
                            deadLetters,
                            orderAudit,
                            auditLog),
                    new Recovery(
                            loop, saleScripts, products, orders, recoveryOrderClient(), deadLetters, orderAudit, clock),
                    recoveringSales,
                    reconcilerMetrics,
                    configuration.reconciliation(),
                    clock);
        });
    }

    /**
     * Creates the dependencies of an HTTP instance.
     *
     * @param health the same health of the stores that the management port reports
     */
    Future<Routes.Dependencies> httpDependencies(Vertx loop, Supplier<Future<JsonObject>> health) {
        return connect().map(redis -> {
            SaleScripts saleScripts = saleScripts(redis);
            OrderPersister persister = persister(loop, saleScripts);
            DeadLetterService deadLetters = deadLetters(saleScripts, persister);
            StockHolds stockHolds = new StockHolds(saleScripts, persister, orders);
            SaleAdapter sale = new SaleAdapter(saleScripts, persister, stockHolds, recoveries);
            Catalog catalog = new Catalog(loop, products, orders, redis, sale, configuration.catalog(), clock);
            catalogs.add(catalog);
            RateLimiter limiter = new RateLimiter(redis, configuration.limits(), rejections);
            SessionService ownSessions =
                    new SessionService(redis, sessions, authSecret, configuration.sessions(), clock);
            return new Routes.Dependencies(
                    new AuthHandlers(limiter, ownSessions, new ClientAddress(configuration.trustedProxies())),
                    accounts(redis, limiter, ownSessions),
                    catalog,
                    new ProductEditor(products, catalog, sale, clock),
                    purchases,
                    new OrderService(orders, saleScripts, persister, deadLetters),
                    deadLetters,
                    new SubscriptionHub(
                            loop,
                            redis,
                            configuration.live(),
                            liveMetrics,
                            productId -> catalog.find(productId).map(Optional::isPresent)),
                    new Routes.Administration(
                            orders,
                            new ReservedOrders(saleScripts, products),
                            audit,
                            auditLog,
                            new OverviewEndpoint(
                                    facts(health), products, catalog, new StockLevelReader(redis), deadLetters, clock)),
                    redis);
        });
    }

    private OverviewEndpoint.NodeStatus facts(Supplier<Future<JsonObject>> health) {
        return new OverviewEndpoint.NodeStatus(
                id,
                startedAt,
                purchaseMetrics,
                () -> (long) sum(catalogs, Catalog::hits),
                () -> (long) sum(catalogs, Catalog::misses),
                listeners::get,
                health);
    }

    Future<RedisSubscriber> subscriber(Vertx loop) {
        return connect()
                .map(redis ->
                        new RedisSubscriber(loop, redisOptions, redis, configuration.redis(), Keys.STOCK_CHANNEL));
    }

    AccountService accounts(RedisGateway redis) {
        RateLimiter limiter = new RateLimiter(redis, configuration.limits(), rejections);
        return accounts(
                redis, limiter, new SessionService(redis, sessions, authSecret, configuration.sessions(), clock));
    }

    Catalog catalog(RedisGateway redis) {
        SaleScripts saleScripts = saleScripts(redis);
        OrderPersister persister = persister(vertx, saleScripts);
        StockHolds stockHolds = new StockHolds(saleScripts, persister, orders);
        SaleAdapter sale = new SaleAdapter(saleScripts, persister, stockHolds, recoveries);
        return new Catalog(vertx, products, orders, redis, sale, configuration.catalog(), clock);
    }

    private AccountService accounts(RedisGateway redis, RateLimiter limiter, SessionService ownSessions) {
        return new AccountService(
                accounts,
                ownSessions,
                passwords,
                new OneTimeCodeService(redis, authSecret),
                limiter,
                new BruteForceProtection(redis, limiter, configuration.failedLogins()),
                mailer,
                auditLog,
                clock);
    }

    private SaleScripts saleScripts(RedisGateway redis) {
        return new SaleScripts(redis, scripts, configuration.saleScripts(), clock);
    }

    private OrderPersister persister(Vertx loop, SaleScripts saleScripts) {
        return new OrderPersister(loop, saleScripts, orderClient, recoveries, orderAudit);
    }

    private DeadLetterService deadLetters(SaleScripts saleScripts, OrderPersister persister) {
        return new DeadLetterService(deadLetterStore, orders, orderClient, saleScripts, persister, orderAudit, clock);
    }

    OrderStore orders() {
        return orders;
    }

    List<RedisGateway> redisGateways() {
        return redisGateways;
    }

    RecoveringSales recoveringSales() {
        return recoveringSales;
    }

    MongoGateway mongo() {
        return mongo;
    }
}
