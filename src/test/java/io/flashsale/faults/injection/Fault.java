package io.flashsale.faults.injection;

import io.flashsale.faults.cluster.Cluster;
import io.flashsale.faults.cluster.ClusterNode;
import io.flashsale.faults.network.TcpProxy;
import io.flashsale.faults.network.TcpProxy.Mode;
import io.flashsale.faults.stores.Processes;
import java.util.Random;
import java.util.function.Function;

/** Lists the faults. {@code system-design/failure-scenarios.md} says what is expected of each. */
public enum Fault {
    REDIS_KILLED((cluster, random) -> {
        cluster.redis().kill();
        Processes.pause(200 + random.nextInt(800));
        cluster.redis().start();
    }),
    REDIS_HALTED((cluster, random) -> {
        cluster.redis().halt(true);
        Processes.pause(1_000 + random.nextInt(9_000));
        cluster.redis().halt(false);
    }),
    REDIS_EMPTIED(true, (cluster, random) -> {
        cluster.redis().kill();
        cluster.redis().empty();
        Processes.pause(random.nextInt(300));
        cluster.redis().start();
    }),
    REDIS_TAIL_CUT(true, (cluster, random) -> {
        cluster.redis().kill();
        cluster.redis().cutTail(1 + random.nextInt(50_000));
        cluster.redis().start();
    }),
    REDIS_FLUSHED(true, (cluster, random) -> cluster.redis().send("FLUSHALL")),
    REDIS_SCRIPTS_FLUSHED((cluster, random) -> cluster.redis().send("SCRIPT", "FLUSH")),
    REDIS_REPLICA_PROMOTED(true, Fault::failOver),
    /** The second promotion restores a server whose run_id has been certified before. */
    REDIS_FAILED_OVER_AND_BACK(true, (cluster, random) -> {
        failOver(cluster, random);
        Processes.pause(random.nextInt(1_000));
        failOver(cluster, random);
    }),
    MONGO_KILLED((cluster, random) -> {
        cluster.mongo().kill();
        Processes.pause(random.nextInt(1_000));
        cluster.mongo().start();
    }),
    MONGO_HALTED((cluster, random) -> {
        cluster.mongo().halt(true);
        Processes.pause(1_000 + random.nextInt(3_000));
        cluster.mongo().halt(false);
    }),
    REDIS_LINK_CUT((cluster, random) -> network(link(cluster, random, ClusterNode::redis), Mode.CUT, random)),
    REDIS_LINK_SILENT((cluster, random) -> network(link(cluster, random, ClusterNode::redis), Mode.BLACK_HOLE, random)),
    REDIS_LINK_SLOW((cluster, random) -> slow(link(cluster, random, ClusterNode::redis), random)),
    REDIS_REPLIES_LOST(
            (cluster, random) -> network(link(cluster, random, ClusterNode::redis), Mode.DROP_REPLIES, random)),
    MONGO_LINK_CUT((cluster, random) -> network(link(cluster, random, ClusterNode::mongo), Mode.CUT, random)),
    MONGO_LINK_SILENT((cluster, random) -> network(link(cluster, random, ClusterNode::mongo), Mode.BLACK_HOLE, random)),
    MONGO_LINK_SLOW((cluster, random) -> slow(link(cluster, random, ClusterNode::mongo), random)),
    MONGO_REPLIES_LOST(
            (cluster, random) -> network(link(cluster, random, ClusterNode::mongo), Mode.DROP_REPLIES, random)),
    ANSWERS_LOST((cluster, random) -> network(link(cluster, random, ClusterNode::front), Mode.DROP_REPLIES, random)),
    NODE_KILLED_BEFORE_THE_SCRIPT(CrashPoint.BEFORE_THE_SCRIPT, CrashPoint::kill),
    NODE_KILLED_AFTER_THE_SCRIPT(CrashPoint.AFTER_THE_SCRIPT, CrashPoint::kill),
    NODE_KILLED_BEFORE_THE_WRITE(CrashPoint.BEFORE_THE_WRITE, CrashPoint::kill),
    NODE_KILLED_AFTER_THE_WRITE(CrashPoint.AFTER_THE_WRITE, CrashPoint::kill),
    NODE_KILLED_BEFORE_THE_ANSWER(CrashPoint.BEFORE_THE_ANSWER, CrashPoint::kill),
    NODE_HALTED_BEFORE_THE_SCRIPT(CrashPoint.BEFORE_THE_SCRIPT, CrashPoint::halt),
    NODE_HALTED_AFTER_THE_SCRIPT(CrashPoint.AFTER_THE_SCRIPT, CrashPoint::halt),
    NODE_HALTED_BEFORE_THE_WRITE(CrashPoint.BEFORE_THE_WRITE, CrashPoint::halt),
    NODE_HALTED_AFTER_THE_WRITE(CrashPoint.AFTER_THE_WRITE, CrashPoint::halt),
    NODE_HALTED_BEFORE_THE_ANSWER(CrashPoint.BEFORE_THE_ANSWER, CrashPoint::halt),
    /** The write arrives after the sale was recovered without it, and its unit may have been sold again. */
    REDIS_FLUSHED_WHILE_A_WRITE_WAITS(true, CrashPoint.BEFORE_THE_WRITE, (point, cluster, random) -> {
        boolean played = point.halt(cluster, random);
        if (played) {
            Processes.pause(random.nextInt(1_000));
            cluster.redis().send("FLUSHALL");
        }
        return played;
    }),
    /** Longer than the leases of a reconciler pass and of a recovery. */
    NODE_HALTED((cluster, random) -> {
        ClusterNode node = cluster.nodes().get(random.nextInt(2));
        node.halt(true);
        Processes.pause(6_000);
        node.halt(false);
    }),
    BOTH_NODES_KILLED((cluster, random) -> {
        cluster.nodes().forEach(ClusterNode::kill);
        Processes.pause(random.nextInt(500));
        cluster.nodes().forEach(ClusterNode::launch);
        cluster.nodes().forEach(ClusterNode::awaitReady);
    }),
    BOTH_NODES_HALTED((cluster, random) -> {
        cluster.nodes().forEach(node -> node.halt(true));
        Processes.pause(6_000);
        cluster.nodes().forEach(node -> node.halt(false));
    }),
    /** Played alone in a sale, in which the checker makes no allowances. */
    NOTHING((cluster, random) -> Processes.pause(1_500));

    /** Injects a fault. The call lasts as long as the fault; remaining damage is healed later. */
    interface Injection {
        public void inject(Cluster cluster, Random random);
    }

    /** Interrupts a node at a crash point; returns whether a node reached it. */
    interface Interruption {
        boolean at(CrashPoint point, Cluster cluster, Random random);
    }

    private final boolean losesData;

    @SuppressWarnings("ImmutableEnumChecker") // every one is a lambda without state
    private final Injection injection;

    private final CrashPoint point;

    @SuppressWarnings("ImmutableEnumChecker") // a method reference without state
    private final Interruption interruption;

    Fault(Injection injection) {
        this(false, injection);
    }

    Fault(boolean losesData, Injection injection) {
        this.losesData = losesData;
        this.injection = injection;
        this.point = null;
        this.interruption = null;
    }

    Fault(CrashPoint point, Interruption interruption) {
        this(false, point, interruption);
    }

    Fault(boolean losesData, CrashPoint point, Interruption interruption) {
        this.losesData = losesData;
        this.injection = null;
        this.point = point;
        this.interruption = interruption;
    }

    /** Whether Redis may lose acknowledged data. */
    boolean losesData() {
        return losesData;
    }

    /**
     * Whether the fault can be injected here: the tests must not kill a MongoDB that they did not start, and if that
     * demands TLS, nodes connect to it without a proxy.
     */
    public boolean isPossible(Cluster cluster) {
        return switch (this) {
            case MONGO_KILLED, MONGO_HALTED -> cluster.mongo() != null;
            case MONGO_LINK_CUT, MONGO_LINK_SILENT, MONGO_LINK_SLOW, MONGO_REPLIES_LOST -> cluster.isMongoProxied();
            default -> point == null || !point.isOnTheWayToMongo() || cluster.isMongoProxied();
        };
    }

    /**
     * Injects the fault.
     *
     * @return whether it was injected
     */
    public boolean inject(Cluster cluster, Random random) {
        if (point != null) {
            return interruption.at(point, cluster, random);
        }
        injection.inject(cluster, random);
        return true;
    }

    private static void failOver(Cluster cluster, Random random) {
        cluster.cutReplication();
        Processes.pause(500 + random.nextInt(1_000));
        cluster.promote();
        // One node switches at once; the other still uses the old master.
        int first = random.nextInt(2);
        cluster.nodes().get(first).redis().retarget(cluster.redis().port());
        Processes.pause(500 + random.nextInt(1_500));
        cluster.nodes().get(1 - first).redis().retarget(cluster.redis().port());
        Processes.pause(300);
        cluster.follow();
    }

    private static TcpProxy link(Cluster cluster, Random random, Function<ClusterNode, TcpProxy> which) {
        return which.apply(cluster.nodes().get(random.nextInt(2)));
    }

    private static void network(TcpProxy link, Mode mode, Random random) {
        link.set(mode);
        Processes.pause(300 + random.nextInt(2_500));
        link.set(Mode.PASS);
    }

    private static void slow(TcpProxy link, Random random) {
        link.delay(20 + random.nextInt(400));
        Processes.pause(1_000 + random.nextInt(2_000));
        link.delay(0);
    }
}
