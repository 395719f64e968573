package io.flashsale.faults.cluster;

import io.flashsale.faults.network.TcpProxy;
import io.flashsale.faults.network.Trigger;
import io.flashsale.faults.stores.MongoPrimary;
import io.flashsale.faults.stores.MongoServerProcess;
import io.flashsale.faults.stores.RedisServer;
import io.flashsale.faults.stores.Stores;
import io.flashsale.faults.workload.Buyer;
import io.flashsale.support.Client;
import io.flashsale.support.Polling;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs two nodes, a Redis with a replica and a MongoDB-wire server, each in its own process behind a faulty network.
 */
public final class Cluster implements AutoCloseable {
    /** How far the clocks of the second node and of the second Redis are ahead of all others. */
    private static final int MINUTES_AHEAD = 60;

    private final Path folder = TestStores.temporaryFolder();
    private final RedisServer[] redis = new RedisServer[2];
    private final TcpProxy replication;
    private final Vertx vertx;
    private final MongoServerProcess mongo;
    private final String mongoUri;
    private Optional<MongoPrimary> primary;
    private final String database = TestStores.freshDatabase();
    private final List<ClusterNode> nodes = new ArrayList<>();
    private final Buyer admin;
    private final Client adminClient;
    private final List<Buyer> buyers = new ArrayList<>();
    private final Buyer floodingBuyer;
    private final List<Trigger> underWay = new ArrayList<>();
    private int master;

    public Cluster(Vertx vertx, int buyerCount) {
        this.vertx = vertx;
        redis[0] = new RedisServer(folder.resolve("redis-0"));
        redis[1] = new RedisServer(
                folder.resolve("redis-1"), Integer.getInteger("faults.redisMinutesAhead", MINUTES_AHEAD));
        long ahead = redis[1].secondsAhead();
        System.out.println("clock of the second Redis is " + ahead + " s ahead"
                + (ahead == 0 ? ": faketime is missing, or Redis is statically linked, like the one in the jar" : ""));
        replication = new TcpProxy(redis[0].port());
        follow();
        String given = System.getenv("MONGODB_URI");
        mongo = given == null ? new MongoServerProcess(folder.resolve("mongo")) : null;
        primary =
                given == null ? Optional.of(MongoPrimary.onThisMachine(mongo.port())) : MongoPrimary.find(vertx, given);
        mongoUri = given == null ? primary.get().uri() : given;
        nodes.add(new ClusterNode(folder, "node-0", redis[0].port(), mongoUri, primary, database, 0));
        nodes.add(new ClusterNode(folder, "node-1", redis[0].port(), mongoUri, primary, database, MINUTES_AHEAD));
        adminClient = nodes.get(0).admin();
        admin = Buyer.of(adminClient, ports());
        floodingBuyer = Buyer.signUp(nodes.get(0).port(), nodes.get(0).managementPort(), ports());
        for (int i = 0; i < buyerCount; i++) {
            buyers.add(Buyer.signUp(nodes.get(0).port(), nodes.get(0).managementPort(), ports()));
        }
    }

    private List<Integer> ports() {
        return nodes.stream().map(ClusterNode::port).toList();
    }

    public List<ClusterNode> nodes() {
        return nodes;
    }

    public Buyer admin() {
        return admin;
    }

    public Client adminClient() {
        return adminClient;
    }

    public List<Buyer> buyers() {
        return buyers;
    }

    public Buyer floodingBuyer() {
        return floodingBuyer;
    }

    public RedisServer redis() {
        return redis[master];
    }

    /** Returns the MongoDB-wire server, or null if MONGODB_URI names one that the tests must not kill. */
    public MongoServerProcess mongo() {
        return mongo;
    }

    /** Whether the nodes reach MongoDB through a proxy. */
    public boolean isMongoProxied() {
        return primary.isPresent();
    }

    public Stores stores() {
        return new Stores(redis().port(), mongoUri, database);
    }

    Path folder() {
        return folder;
    }

    /** Partitions the replica from its master; the replica notices only after a time-out. */
    public void cutReplication() {
        replication.set(TcpProxy.Mode.CUT);
    }

    /** Promotes the replica; the old master stays one, too. */
    public void promote() {
        redis[1 - master].send("REPLICAOF", "NO", "ONE");
        master = 1 - master;
    }

    /** Makes the other server a replica of the current master, which discards its own data. */
    public void follow() {
        replication.heal();
        replication.retarget(redis[master].port());
        redis[1 - master].send("REPLICAOF", "127.0.0.1", String.valueOf(replication.port()));
        Polling.await(
                "replica is in sync",
                Duration.ofSeconds(10),
                Duration.ofMillis(50),
                () -> String.valueOf(redis[1 - master].send("INFO", "replication"))
                        .contains("master_link_status:up"));
    }

    /** Registers an action that continues in the background and must end before healing. */
    public void awaitBeforeHealing(Trigger trigger) {
        underWay.add(trigger);
    }

    /** Heals every network, and restarts every node that is down. */
    public void heal() {
        for (Trigger trigger : underWay) {
            if (!trigger.awaitDone(30_000)) {
                throw new AssertionError("a halted node was never resumed");
            }
        }
        underWay.clear();
        followPrimary();
        for (ClusterNode node : nodes) {
            node.redis().heal();
            node.mongo().heal();
            node.front().heal();
            if (!node.isAlive()) {
                node.launch();
                node.awaitReady();
            }
        }
    }

    /**
     * Retargets the proxies if another primary was elected: a replica set that the tests did not start may do so at any
     * time.
     */
    private void followPrimary() {
        if (mongo != null || primary.isEmpty()) {
            return;
        }
        Optional<MongoPrimary> now = MongoPrimary.find(vertx, mongoUri);
        if (!now.equals(primary)) {
            primary = now;
            nodes.forEach(node -> node.mongo().retarget(now.orElseThrow().address()));
        }
    }

    @Override
    public void close() {
        nodes.forEach(ClusterNode::close);
        replication.close();
        for (RedisServer each : redis) {
            each.close();
        }
        if (mongo != null) {
            mongo.close();
        }
        TestStores.delete(folder);
    }

    /** Copies the log files of all processes, to diagnose a violation. */
    public void keepLogs(Path target) {
        try {
            Files.createDirectories(target);
            for (String name : List.of("node-0.log", "node-1.log", "mongo.log", "redis-0.log", "redis-1.log")) {
                Path log = folder.resolve(name);
                if (Files.exists(log)) {
                    Files.copy(log, target.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
