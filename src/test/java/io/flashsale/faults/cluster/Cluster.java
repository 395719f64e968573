package io.flashsale.faults.cluster;

import io.flashsale.faults.network.TcpProxy;
import io.flashsale.faults.network.Trigger;
import io.flashsale.faults.stores.MongoPrimary;
import io.flashsale.faults.stores.MongoServerProcess;
import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.stores.RedisServer;
import io.flashsale.faults.stores.Stores;
import io.flashsale.faults.workload.Buyer;
import io.flashsale.support.Client;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Two nodes, a Redis with a replica and a MongoDB-wire server: each a process, each behind a network that can fail. */
public final class Cluster implements AutoCloseable {
    /** The second node's clock and the second Redis', against everybody else's. */
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
    private final Buyer hammerer;
    private final List<Trigger> underWay = new ArrayList<>();
    private int master;

    public Cluster(Vertx vertx, int buyerCount) {
        this.vertx = vertx;
        redis[0] = new RedisServer(folder.resolve("redis-0"));
        redis[1] = new RedisServer(
                folder.resolve("redis-1"), Integer.getInteger("faults.redisMinutesAhead", MINUTES_AHEAD));
        long ahead = redis[1].secondsAhead();
        System.out.println("the clock of the second Redis is ahead by " + ahead + " s"
                + (ahead == 0 ? ": no faketime here, or a Redis that is linked statically, as the jar's is" : ""));
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
        hammerer = Buyer.signUp(nodes.get(0).port(), nodes.get(0).managementPort(), ports());
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

    public Buyer hammerer() {
        return hammerer;
    }

    public RedisServer redis() {
        return redis[master];
    }

    /** The MongoDB-wire server, or null where MONGODB_URI names one that is not ours to kill. */
    public MongoServerProcess mongo() {
        return mongo;
    }

    /** Whether the nodes reach MongoDB by a network that can fail. */
    public boolean isMongoProxied() {
        return primary.isPresent();
    }

    public Stores stores() {
        return new Stores(redis().port(), mongoUri, database);
    }

    Path folder() {
        return folder;
    }

    /** Cuts the replica off, as a partition does; it does not know it yet. */
    public void cutReplication() {
        replication.set(TcpProxy.Mode.CUT);
    }

    /** The replica becomes a master beside the old one. */
    public void promote() {
        redis[1 - master].send("REPLICAOF", "NO", "ONE");
        master = 1 - master;
    }

    /** The other server follows the master, and forgets what it had on its own. */
    public void follow() {
        replication.heal();
        replication.retarget(redis[master].port());
        redis[1 - master].send("REPLICAOF", "127.0.0.1", String.valueOf(replication.port()));
        for (int i = 0; i < 200; i++) {
            if (String.valueOf(redis[1 - master].send("INFO", "replication")).contains("master_link_status:up")) {
                return;
            }
            Processes.pause(50);
        }
        throw new AssertionError("the replica does not follow");
    }

    /** Something that goes on by itself, and has to be over before anything is healed. */
    public void awaitBeforeHealing(Trigger trigger) {
        underWay.add(trigger);
    }

    /** Everybody runs, every network passes. */
    public void heal() {
        for (Trigger trigger : underWay) {
            if (!trigger.awaitDone(30_000)) {
                throw new AssertionError("a node was halted, and never went on");
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

    /** A replica set that the tests did not start may elect another primary at any time. */
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

    /** What the processes said, for whoever looks for the cause of a violation. */
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
