package io.flashsale.server;

import io.flashsale.config.Configuration;
import io.flashsale.domain.Order;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.reconcile.ConsistencyCheck;
import io.flashsale.redis.Keys;
import io.flashsale.support.Client;
import io.flashsale.support.TestStores;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node in this process, on the stores of the tests, with the limits lifted unless a test sets them. */
public final class TestNode implements AutoCloseable {
    private static final String ADMIN = "admin@example.com";

    private final Vertx vertx;
    private final FlashSaleServer sale;

    private final Configuration configuration;
    private final Configuration.Stores stores;

    private TestNode(Vertx vertx, FlashSaleServer sale, Configuration configuration, Configuration.Stores stores) {
        this.vertx = vertx;
        this.sale = sale;
        this.configuration = configuration;
        this.stores = stores;
    }

    /** How a node of a test is set up. */
    public static final class Builder {
        private final Map<String, String> environment = new HashMap<>();
        private Configuration.Stores stores = TestStores.shared();
        private SaleScripts.Scripts scripts = SaleScripts.Scripts.load();
        private Clock clock = Clock.systemUTC();

        private Builder() {
            environment.put("PORT", "0");
            environment.put("HOST", "127.0.0.1");
            environment.put("MANAGEMENT_PORT", "0");
            environment.put("FLASHSALE_MONGODB_DATABASE", TestStores.freshDatabase());
            environment.put("FLASHSALE_GATE_BCRYPT_COST", "4");
            environment.put("FLASHSALE_RECONCILE_INTERVAL", "100ms");
            // A machine that is busy with other things is no store that is away; tests of stores say what is slow.
            environment.put("FLASHSALE_PURCHASE_CONFIRM_TIMEOUT", "20s");
            environment.put("FLASHSALE_PURCHASE_REFUSAL_TIMEOUT", "2s");
            environment.put("FLASHSALE_PERSISTENCE_STALL", "20s");
            environment.put("FLASHSALE_REDIS_COMMAND_TIMEOUT", "10s");
            environment.put("ADMIN_EMAIL", ADMIN);
            environment.put("ADMIN_PASSWORD", Client.PASSWORD);
            for (String action : new String[] {"REGISTER", "LOGIN", "OTP", "PURCHASE", "READ"}) {
                environment.put("FLASHSALE_LIMITS_" + action + "_IP", "unlimited");
                environment.put("FLASHSALE_LIMITS_" + action + "_USER", "unlimited");
            }
        }

        /** A setting by its environment name. */
        public Builder with(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** Other stores than the shared ones. */
        public Builder on(Configuration.Stores other) {
            stores = other;
            return this;
        }

        /** Other scripts, one of them broken. */
        public Builder with(SaleScripts.Scripts other) {
            scripts = other;
            return this;
        }

        /** Another clock than this machine's. */
        public Builder at(Clock other) {
            clock = other;
            return this;
        }

        /** Starts the node. */
        public TestNode start() {
            Vertx vertx = Vertx.vertx();
            Configuration configuration = Configuration.read(environment, new DriverValidator());
            FlashSaleServer sale = new FlashSaleServer(vertx, configuration, stores, scripts, clock);
            await(sale.start());
            return new TestNode(vertx, sale, configuration, stores);
        }
    }

    /** A node to set up. */
    public static Builder builder() {
        return new Builder();
    }

    /** A client that is not signed in. */
    public Client client() {
        return new Client(sale.port(), sale.managementPort());
    }

    /** A new user, signed in. */
    public Client user() {
        return Client.signedIn(sale.port(), sale.managementPort());
    }

    /** The admin, signed in. */
    public Client admin() {
        Client client = client();
        client.signIn(ADMIN, Client.PASSWORD);
        return client;
    }

    /** Puts a product on sale, and answers its id. */
    public static String product(Client admin, int stock, int perUserLimit) {
        Client.Answer created = admin.post(
                "/api/v1/product/create-product",
                new JsonObject()
                        .put("name", "Thing")
                        .put("price", 4_999)
                        .put("currency", "USD")
                        .put("stock", stock)
                        .put("perUserLimit", perUserLimit));
        if (created.status() != 201) {
            throw new AssertionError("no product: " + created);
        }
        return created.json().getString("id");
    }

    /** Asks Redis itself. */
    public String redis(String command, String... arguments) {
        return await(sale.queryRedis(redis -> redis.send(command, arguments))).asString();
    }

    /** Waits until no order of a product waits for MongoDB or for the audit log. */
    public void awaitEmptyOutbox(String productId) throws InterruptedException {
        for (int i = 0; i < 400 && !"0".equals(redis("HLEN", Keys.orders(productId))); i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        if (!"0".equals(redis("HLEN", Keys.orders(productId)))) {
            throw new AssertionError("orders still wait in the outbox of " + productId);
        }
    }

    /** The database of this node, past the program; the caller closes it. */
    public MongoClient mongo() {
        return MongoClient.create(
                vertx,
                new JsonObject().put("connection_string", stores.mongoUri()).put("db_name", configuration.database()));
    }

    /** What MongoDB itself says is sold, the house's orders too. */
    public List<Order> liveOrders(String productId) {
        return await(sale.orders().liveOf(productId));
    }

    /** What the audit says of a product. */
    public ConsistencyCheck.Line audit(String productId) {
        return await(ConsistencyCheckRunner.run(vertx, configuration, stores, Clock.systemUTC())).stream()
                .filter(line -> line.productId().equals(productId))
                .findFirst()
                .orElseThrow();
    }

    /** The bus of the node, for tests that stand in between. */
    public EventBus eventBus() {
        return vertx.eventBus();
    }

    /** The store of the orders itself. */
    public OrderStore orders() {
        return sale.orders();
    }

    /** The port of the management endpoints. */
    public int managementPort() {
        return sale.managementPort();
    }

    /** The port of the API. */
    public int port() {
        return sale.port();
    }

    @Override
    public void close() {
        await(sale.stop());
        await(vertx.close());
    }

    /** Waits for a result; in tests only. */
    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
