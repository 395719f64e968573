package io.flashsale.faults;

import io.flashsale.faults.TcpProxy.Mode;
import java.util.Random;
import java.util.function.Function;

/** Everything that goes wrong. What is expected of each is written in {@code system-design/failure-scenarios.md}. */
enum Fault {
    REDIS_KILLED((world, random) -> {
        world.redis().kill();
        Processes.pause(200 + random.nextInt(800));
        world.redis().start();
    }),
    REDIS_HALTED((world, random) -> {
        world.redis().halt(true);
        Processes.pause(1_000 + random.nextInt(9_000));
        world.redis().halt(false);
    }),
    REDIS_EMPTIED(true, (world, random) -> {
        world.redis().kill();
        world.redis().empty();
        Processes.pause(random.nextInt(300));
        world.redis().start();
    }),
    REDIS_TAIL_CUT(true, (world, random) -> {
        world.redis().kill();
        world.redis().cutTail(1 + random.nextInt(50_000));
        world.redis().start();
    }),
    REDIS_FLUSHED(true, (world, random) -> world.redis().send("FLUSHALL")),
    REDIS_SCRIPTS_FLUSHED((world, random) -> world.redis().send("SCRIPT", "FLUSH")),
    REDIS_REPLICA_PROMOTED(true, Fault::failOver),
    /** The second promotion brings back a server whose run_id was certified before. */
    REDIS_FAILED_OVER_AND_BACK(true, (world, random) -> {
        failOver(world, random);
        Processes.pause(random.nextInt(1_000));
        failOver(world, random);
    }),
    MONGO_KILLED((world, random) -> {
        world.mongo().kill();
        Processes.pause(random.nextInt(1_000));
        world.mongo().start();
    }),
    MONGO_HALTED((world, random) -> {
        world.mongo().halt(true);
        Processes.pause(1_000 + random.nextInt(3_000));
        world.mongo().halt(false);
    }),
    REDIS_LINK_CUT((world, random) -> network(link(world, random, ClusterNode::redis), Mode.CUT, random)),
    REDIS_LINK_SILENT((world, random) -> network(link(world, random, ClusterNode::redis), Mode.BLACK_HOLE, random)),
    REDIS_LINK_SLOW((world, random) -> slow(link(world, random, ClusterNode::redis), random)),
    REDIS_REPLIES_LOST((world, random) -> network(link(world, random, ClusterNode::redis), Mode.DROP_REPLIES, random)),
    MONGO_LINK_CUT((world, random) -> network(link(world, random, ClusterNode::mongo), Mode.CUT, random)),
    MONGO_LINK_SILENT((world, random) -> network(link(world, random, ClusterNode::mongo), Mode.BLACK_HOLE, random)),
    MONGO_LINK_SLOW((world, random) -> slow(link(world, random, ClusterNode::mongo), random)),
    MONGO_REPLIES_LOST((world, random) -> network(link(world, random, ClusterNode::mongo), Mode.DROP_REPLIES, random)),
    ANSWERS_LOST((world, random) -> network(link(world, random, ClusterNode::front), Mode.DROP_REPLIES, random)),
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
    /** The write arrives when the sale has long been recovered without it, and perhaps its unit sold again. */
    REDIS_FLUSHED_WHILE_A_WRITE_WAITS(true, CrashPoint.BEFORE_THE_WRITE, (point, world, random) -> {
        boolean played = point.halt(world, random);
        if (played) {
            Processes.pause(random.nextInt(1_000));
            world.redis().send("FLUSHALL");
        }
        return played;
    }),
    /** Longer than the lease of a pass and of a recovery. */
    NODE_HALTED((world, random) -> {
        ClusterNode node = world.nodes().get(random.nextInt(2));
        node.halt(true);
        Processes.pause(6_000);
        node.halt(false);
    }),
    BOTH_NODES_KILLED((world, random) -> {
        world.nodes().forEach(ClusterNode::kill);
        Processes.pause(random.nextInt(500));
        world.nodes().forEach(ClusterNode::launch);
        world.nodes().forEach(ClusterNode::awaitReady);
    }),
    BOTH_NODES_HALTED((world, random) -> {
        world.nodes().forEach(node -> node.halt(true));
        Processes.pause(6_000);
        world.nodes().forEach(node -> node.halt(false));
    }),
    /** Has a sale to itself, in which the checker makes no allowance for anything. */
    NOTHING((world, random) -> Processes.pause(1_500));

    /** What a fault does; it takes as long as the fault lasts, and what it leaves broken is healed later. */
    interface Injection {
        void inject(Cluster world, Random random);
    }

    /** What is done to a node that comes to a point; answers whether one came. */
    interface Interruption {
        boolean at(CrashPoint point, Cluster world, Random random);
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

    /** Whether Redis may have forgotten what it had acknowledged. */
    boolean losesData() {
        return losesData;
    }

    /** Whether it strikes only where a node comes to a certain point. */
    boolean needsAPoint() {
        return point != null;
    }

    /**
     * Whether it can strike there: a MongoDB that the tests did not start is not theirs to kill, and where it demands TLS
     * nodes reach it past every proxy.
     */
    boolean isPossible(Cluster world) {
        return switch (this) {
            case MONGO_KILLED, MONGO_HALTED -> world.mongo() != null;
            case MONGO_LINK_CUT, MONGO_LINK_SILENT, MONGO_LINK_SLOW, MONGO_REPLIES_LOST -> world.isMongoProxied();
            default -> point == null || !point.isOnTheWayToMongo() || world.isMongoProxied();
        };
    }

    /**
     * Strikes.
     *
     * @return whether it could
     */
    boolean inject(Cluster world, Random random) {
        if (point != null) {
            return interruption.at(point, world, random);
        }
        injection.inject(world, random);
        return true;
    }

    private static void failOver(Cluster world, Random random) {
        world.cutReplication();
        Processes.pause(500 + random.nextInt(1_000));
        world.promote();
        // One node goes over at once; the old master still answers the other.
        int first = random.nextInt(2);
        world.nodes().get(first).redis().retarget(world.redis().port());
        Processes.pause(500 + random.nextInt(1_500));
        world.nodes().get(1 - first).redis().retarget(world.redis().port());
        Processes.pause(300);
        world.follow();
    }

    private static TcpProxy link(Cluster world, Random random, Function<ClusterNode, TcpProxy> which) {
        return which.apply(world.nodes().get(random.nextInt(2)));
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
