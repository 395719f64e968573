package io.flashsale.faults;

import io.flashsale.faults.TcpProxy.Mode;
import io.flashsale.faults.TcpProxy.Trigger;
import io.flashsale.redis.Script;
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
        if (world.mongo() != null) {
            world.mongo().kill();
            Processes.pause(random.nextInt(1_000));
            world.mongo().start();
        }
    }),
    MONGO_HALTED((world, random) -> {
        if (world.mongo() != null) {
            world.mongo().halt(true);
            Processes.pause(1_000 + random.nextInt(3_000));
            world.mongo().halt(false);
        }
    }),
    REDIS_LINK_CUT((world, random) -> network(link(world, random, Node::redis), Mode.CUT, random)),
    REDIS_LINK_SILENT((world, random) -> network(link(world, random, Node::redis), Mode.BLACK_HOLE, random)),
    REDIS_LINK_SLOW((world, random) -> slow(link(world, random, Node::redis), random)),
    REDIS_REPLIES_LOST((world, random) -> network(link(world, random, Node::redis), Mode.DROP_REPLIES, random)),
    MONGO_LINK_CUT((world, random) -> network(link(world, random, Node::mongo), Mode.CUT, random)),
    MONGO_LINK_SILENT((world, random) -> network(link(world, random, Node::mongo), Mode.BLACK_HOLE, random)),
    MONGO_LINK_SLOW((world, random) -> slow(link(world, random, Node::mongo), random)),
    MONGO_REPLIES_LOST((world, random) -> network(link(world, random, Node::mongo), Mode.DROP_REPLIES, random)),
    ANSWERS_LOST((world, random) -> network(link(world, random, Node::front), Mode.DROP_REPLIES, random)),
    NODE_KILLED_BEFORE_THE_SCRIPT(
            (world, random) -> killedAt(world, random, Node::redis, true, Marks.purchaseScript(), false)),
    NODE_KILLED_AFTER_THE_SCRIPT((world, random) -> killedAt(world, random, Node::redis, false, "RESERVED", false)),
    NODE_KILLED_BEFORE_THE_WRITE(
            (world, random) -> killedAt(world, random, Node::mongo, true, Marks.insertOrders(), false)),
    NODE_KILLED_AFTER_THE_WRITE(
            (world, random) -> killedAt(world, random, Node::mongo, true, Marks.insertOrders(), true)),
    NODE_KILLED_BEFORE_THE_ANSWER((world, random) -> killedAt(world, random, Node::front, false, "201 Created", false)),
    /** Longer than the lease of a pass and of a recovery. */
    NODE_HALTED((world, random) -> {
        Node node = world.nodes().get(random.nextInt(2));
        node.halt(true);
        Processes.pause(6_000);
        node.halt(false);
    }),
    NOTHING((world, random) -> Processes.pause(500));

    /** What a fault does; it takes as long as the fault lasts, and what it leaves broken is healed later. */
    interface Injection {
        void inject(World world, Random random);
    }

    private final boolean losesData;

    @SuppressWarnings("ImmutableEnumChecker") // every one is a lambda without state
    private final Injection injection;

    Fault(Injection injection) {
        this(false, injection);
    }

    Fault(boolean losesData, Injection injection) {
        this.losesData = losesData;
        this.injection = injection;
    }

    /** Whether Redis may have forgotten what it had acknowledged. */
    boolean losesData() {
        return losesData;
    }

    void inject(World world, Random random) {
        injection.inject(world, random);
    }

    private static void failOver(World world, Random random) {
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

    private static TcpProxy link(World world, Random random, Function<Node, TcpProxy> which) {
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

    /** Nobody is asked to stop in the program itself: its network sees where it is, and it is killed there. */
    private static void killedAt(
            World world,
            Random random,
            Function<Node, TcpProxy> link,
            boolean towardsServer,
            String text,
            boolean replyTo) {
        Node node = world.nodes().get(random.nextInt(2));
        link.apply(node).on(new Trigger(towardsServer, text, replyTo, node::kill, true));
        for (int i = 0; i < 60 && node.isAlive(); i++) {
            Processes.pause(50);
        }
        link.apply(node).on(null);
        Processes.pause(random.nextInt(500));
        if (node.isAlive()) {
            System.out.println("the crash point was not reached: " + text.replaceAll("\\p{Cntrl}+", " "));
            return;
        }
        node.launch();
        node.awaitReady();
    }

    private static final class Marks {
        private static String purchaseScript() {
            return Script.load("purchase-7").sha1();
        }

        /** The first element of the command: a text named "insert", of seven bytes. */
        private static String insertOrders() {
            return "\u0002insert\0\u0007\0\0\0orders\0";
        }
    }
}
