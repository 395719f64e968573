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

/** One node in this process on stores of its own, small enough to be made anew for every control. */
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

    /** Waits until so many units of the first product are held, or nobody wants any more. */
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

    /** Takes one of MongoDB's last words away. */
    public void dropIndex(String name) {
        MongoClient client = MongoClient.create(
                vertx, new JsonObject().put("connection_string", mongo.uri()).put("db_name", database));
        try {
            TestNode.await(client.dropIndex("orders", name));
        } finally {
            TestNode.await(client.close());
        }
    }

    /** MongoDB is away for a while. */
    public void mongoAwayFor(long millis) {
        whileMongoIsAway(() -> Processes.pause(millis));
    }

    /** The way to MongoDB. */
    public TcpProxy network() {
        return network;
    }

    /** MongoDB runs, and nothing arrives there. */
    public void whileMongoIsSilent(Runnable middle) {
        network.set(TcpProxy.Mode.BLACK_HOLE);
        middle.run();
        network.set(TcpProxy.Mode.PASS);
    }

    /** Each way to MongoDB takes so long; 0 for as fast as it goes. */
    public void slowMongo(long millis) {
        network.delay(millis);
    }

    /** Another node on the same stores, over the same network. */
    public TestNode anotherNode() {
        return builder.start();
    }

    private void whileMongoIsAway(Runnable middle) {
        int port = mongo.port();
        mongo.close();
        middle.run();
        mongo = EmbeddedMongo.start(folder.resolve("mongo"), port);
    }

    /** MongoDB is away, and before it is back the node is another one, which knows nothing of what was under way. */
    public void mongoAwayAndNodeReplaced(long millis) {
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

    /** Keeps what Redis has on its disk now. */
    public void backUp() {
        // With "everysec" a write may wait while the disk is busy; with "always" whatever was answered is in the file.
        redis.send("CONFIG", "SET", "appendfsync", "always");
        redis.send("SET", "backed-up", "1");
        redis.send("CONFIG", "SET", "appendfsync", "everysec");
        copy(folder.resolve("redis"), folder.resolve("backup"));
    }

    /** Redis comes back with what it had then. */
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

    /** Every key of Redis that begins so is gone. */
    public void forget(String prefix) {
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
     * How a sale is judged.
     *
     * @param forgetful whether Redis is made to forget
     * @param calm whether nothing is broken but what the control took away
     * @param admitted calls that one user may make in a second; 0 for any
     */
    public record Terms(boolean forgetful, boolean calm, int admitted) {}

    /**
     * A sale from its begin to its judgement.
     *
     * @param enough ends it early where a violation of this rule is found: what is broken for good need not be waited for
     */
    public List<String> play(long seed, Terms terms, Optional<String> enough, Runnable middle) {
        History history = new History();
        Buyer hammerer = terms.admitted() > 0 ? signUp() : null;
        Workload workload = new Workload(history, buyers, hammerer, null, products, 1, seed);
        if (!terms.calm()) {
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
        awaitWhole(history);
        workload.settle(history.now() + TIMEOUT);
        return settled(history, terms);
    }

    private void awaitWhole(History history) {
        for (int i = 0; i < 30; i++) {
            List<StoreSnapshot> truths = truths();
            if (truths.stream().allMatch(snapshot -> snapshot.unrest().isEmpty())) {
                history.whole(truths);
                return;
            }
            Processes.pause(100);
        }
    }

    /** What is only not repaired yet is no violation. */
    private List<String> settled(History history, Terms terms) {
        List<String> violations = check(history, terms);
        for (int i = 0; i < 50 && !violations.isEmpty(); i++) {
            Processes.pause(100);
            violations = check(history, terms);
        }
        return violations;
    }

    private List<StoreSnapshot> truths() {
        return products.stream()
                .map(product -> StoreSnapshot.read(vertx, stores(), product.id()))
                .toList();
    }

    private List<String> check(History history, Terms terms) {
        List<String> violations = new ArrayList<>();
        if (terms.admitted() > 0) {
            violations.addAll(Checker.checkAdmission(history, terms.admitted(), TimeUnit.SECONDS.toNanos(1)));
        }
        List<StoreSnapshot> truths = truths();
        for (int i = 0; i < products.size(); i++) {
            violations.addAll(
                    Checker.check(history, truths.get(i), products.get(i).stock(), terms.forgetful()));
        }
        return violations;
    }

    @Override
    public void close() {
        front.close();
        // A node that stops waits for what is under way.
        network.heal();
        node.close();
        network.close();
        mongo.close();
        redis.close();
        TestStores.delete(folder);
    }
}
