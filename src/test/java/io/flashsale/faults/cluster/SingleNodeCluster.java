package io.flashsale.faults.cluster;

import io.flashsale.config.Configuration;
import io.flashsale.embedded.EmbeddedMongo;
import io.flashsale.faults.checker.Checker;
import io.flashsale.faults.checker.History;
import io.flashsale.faults.checker.StoreSnapshot;
import io.flashsale.faults.network.TcpProxy;
import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.stores.RawRedis;
import io.flashsale.faults.stores.RedisServer;
import io.flashsale.faults.stores.Stores;
import io.flashsale.faults.workload.Buyer;
import io.flashsale.faults.workload.ProductOnSale;
import io.flashsale.faults.workload.Workload;
import io.flashsale.server.TestNode;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Runs one node in this process on its own stores, small enough to be created for every control. */
public final class SingleNodeCluster implements AutoCloseable {
    private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(10);

    private final Path folder = TestStores.temporaryFolder();
    private final RedisServer redis = new RedisServer(folder.resolve("redis"));
    private final String database = TestStores.freshDatabase();
    private final Vertx vertx;
    private final TestNode.Builder builder;
    private final TcpProxy front;
    private final TcpProxy network;
    private TestNode node;
    private final List<Buyer> buyers;
    private final List<ProductOnSale> products = new ArrayList<>();
    private EmbeddedMongo mongo;

    public SingleNodeCluster(Vertx vertx, TestNode.Builder builder, int buyerCount) {
        this.vertx = vertx;
        mongo = EmbeddedMongo.start(make(folder.resolve("mongo")));
        network = new TcpProxy(mongo.port());
        this.builder = builder.on(new Configuration.Stores(redis.uri(), "mongodb://127.0.0.1:" + network.port()))
                .with("FLASHSALE_MONGODB_DATABASE", database);
        node = builder.start();
        front = new TcpProxy(node.port());
        buyers = IntStream.range(0, buyerCount).mapToObj(i -> signUp()).toList();
    }

    private Buyer signUp() {
        return Buyer.signUp(node.port(), node.managementPort(), List.of(front.port()));
    }

    private static Path make(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public TestNode node() {
        return node;
    }

    public RedisServer redis() {
        return redis;
    }

    List<Buyer> buyers() {
        return buyers;
    }

    public List<ProductOnSale> products() {
        return products;
    }

    public void sell(int stock, int limit) {
        products.add(new ProductOnSale(TestNode.product(node.admin(), stock, limit), stock, limit));
    }

    /** Waits until that many units of the first product are held, or up to three seconds. */
    public void awaitSold(int units) {
        for (int i = 0; i < 300; i++) {
            Object held =
                    redis.send("HLEN", "product:holder:{" + products.get(0).id() + "}");
            if (Integer.parseInt(held.toString()) >= units) {
                return;
            }
            Processes.pause(10);
        }
    }

    /** Drops a unique index of the orders, which is the last guard in MongoDB. */
    public void dropIndex(String name) {
        MongoClient client = MongoClient.create(
                vertx, new JsonObject().put("connection_string", mongo.uri()).put("db_name", database));
        try {
            TestNode.await(client.dropIndex("orders", name));
        } finally {
            TestNode.await(client.close());
        }
    }

    /** Stops MongoDB for that long. */
    public void stopMongoFor(long millis) {
        whileMongoIsDown(() -> Processes.pause(millis));
    }

    /** Returns the proxy to MongoDB. */
    public TcpProxy network() {
        return network;
    }

    /** Drops all traffic to MongoDB meanwhile; the server keeps running. */
    public void whileMongoIsSilent(Runnable middle) {
        network.set(TcpProxy.Mode.BLACK_HOLE);
        middle.run();
        network.set(TcpProxy.Mode.PASS);
    }

    /** Delays the traffic to and from MongoDB by that long each way; 0 removes the delay. */
    public void slowMongo(long millis) {
        network.delay(millis);
    }

    /** Starts another node on the same stores and the same network. */
    public TestNode anotherNode() {
        return builder.start();
    }

    private void whileMongoIsDown(Runnable middle) {
        int port = mongo.port();
        mongo.close();
        middle.run();
        mongo = EmbeddedMongo.start(folder.resolve("mongo"), port);
    }

    /**
     * Stops MongoDB for that long and replaces the node before MongoDB returns; the new one has no state of the old
     * one.
     */
    public void replaceNodeWhileMongoIsDown(long millis) {
        int port = mongo.port();
        mongo.close();
        Processes.pause(millis);
        front.set(TcpProxy.Mode.CUT);
        node.close();
        mongo = EmbeddedMongo.start(folder.resolve("mongo"), port);
        node = builder.start();
        front.retarget(node.port());
        front.set(TcpProxy.Mode.PASS);
    }

    /** Backs up the current data of Redis. */
    public void backUp() {
        // With "everysec" a write may wait while the disk is busy; with "always" every acknowledged write is in the
        // file.
        redis.send("CONFIG", "SET", "appendfsync", "always");
        redis.send("SET", "backed-up", "1");
        redis.send("CONFIG", "SET", "appendfsync", "everysec");
        copy(folder.resolve("redis"), folder.resolve("backup"));
    }

    /** Restarts Redis from the backup. */
    public void restore() {
        redis.kill();
        redis.empty();
        copy(folder.resolve("backup"), folder.resolve("redis"));
        redis.start();
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes every Redis key with this prefix. */
    public void deleteKeys(String prefix) {
        try (RawRedis raw = new RawRedis(redis.port())) {
            for (String key : raw.list("KEYS", prefix + "*")) {
                raw.send("DEL", key);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Stores stores() {
        return new Stores(redis.port(), mongo.uri(), database);
    }

    /**
     * Says how a sale is judged.
     *
     * @param losesData whether Redis loses data
     * @param isolated whether nothing but the guard is missing
     * @param rateLimit rate limit per user and second; 0 for none
     */
    public record Terms(boolean losesData, boolean isolated, int rateLimit) {}

    /**
     * Plays a sale and returns its violations.
     *
     * @param enough ends the sale early if a violation of this rule is found: a permanent violation needs no waiting
     */
    public List<String> play(long seed, Terms terms, Optional<String> enough, Runnable middle) {
        History history = new History();
        Buyer floodingBuyer = terms.rateLimit() > 0 ? signUp() : null;
        Workload workload = new Workload(history, buyers, floodingBuyer, null, products, 1, seed);
        if (!terms.isolated()) {
            history.fault("begin");
        }
        workload.start();
        middle.run();
        workload.end();
        List<String> violations = check(history, terms);
        if (enough.filter(rule -> violations.stream().anyMatch(each -> each.startsWith(rule)))
                .isPresent()) {
            return violations;
        }
        awaitAgreement(history);
        workload.settle(history.now() + TIMEOUT);
        return settled(history, terms);
    }

    private void awaitAgreement(History history) {
        for (int i = 0; i < 30; i++) {
            List<StoreSnapshot> snapshots = snapshots();
            if (snapshots.stream().allMatch(snapshot -> snapshot.discrepancies().isEmpty())) {
                history.storesAgree(snapshots);
                return;
            }
            Processes.pause(100);
        }
    }

    /** Returns the violations that remain after the time for repairs. */
    private List<String> settled(History history, Terms terms) {
        List<String> violations = check(history, terms);
        for (int i = 0; i < 50 && !violations.isEmpty(); i++) {
            Processes.pause(100);
            violations = check(history, terms);
        }
        return violations;
    }

    private List<StoreSnapshot> snapshots() {
        return products.stream()
                .map(product -> StoreSnapshot.read(vertx, stores(), product.id()))
                .toList();
    }

    private List<String> check(History history, Terms terms) {
        List<String> violations = new ArrayList<>();
        if (terms.rateLimit() > 0) {
            violations.addAll(Checker.checkRateLimit(history, terms.rateLimit(), TimeUnit.SECONDS.toNanos(1)));
        }
        List<StoreSnapshot> snapshots = snapshots();
        for (int i = 0; i < products.size(); i++) {
            violations.addAll(
                    Checker.check(history, snapshots.get(i), products.get(i).stock(), terms.losesData()));
        }
        return violations;
    }

    @Override
    public void close() {
        front.close();
        // A stopping node waits for pending operations.
        network.heal();
        node.close();
        network.close();
        mongo.close();
        redis.close();
        TestStores.delete(folder);
    }
}
