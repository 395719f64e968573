package io.flashsale.faults.injection;

import io.flashsale.faults.cluster.Cluster;
import io.flashsale.faults.cluster.ClusterNode;
import io.flashsale.faults.network.TcpProxy;
import io.flashsale.faults.network.Trigger;
import io.flashsale.faults.network.Trigger.Mark;
import io.flashsale.faults.stores.Processes;
import io.flashsale.redis.Script;
import java.util.Random;
import java.util.function.Function;

/**
 * Where a purchase can be interrupted. Nobody is asked to stop in the program itself: its network sees where it is, holds
 * the bytes of that step back, and the process is killed or halted there.
 */
enum CrashPoint {
    BEFORE_THE_SCRIPT(
            ClusterNode::redis, new Mark(true, Script.load("purchase-7").sha1(), false)),
    AFTER_THE_SCRIPT(ClusterNode::redis, new Mark(false, "RESERVED", false)),
    /** The first element of the command: a text named "insert", of seven bytes. */
    BEFORE_THE_WRITE(ClusterNode::mongo, new Mark(true, Marks.INSERT_ORDERS, false)),
    AFTER_THE_WRITE(ClusterNode::mongo, new Mark(true, Marks.INSERT_ORDERS, true)),
    BEFORE_THE_ANSWER(ClusterNode::front, new Mark(false, "201 Created", false));

    /** So long buyers buy until one of them comes to the point. */
    private static final long PATIENCE_MILLIS = 10_000;

    /** Longer than the lease of a pass and of a recovery. */
    private static final int HALT_MILLIS = 5_500;

    @SuppressWarnings("ImmutableEnumChecker") // a method reference without state
    private final Function<ClusterNode, TcpProxy> link;

    @SuppressWarnings("ImmutableEnumChecker") // a record of texts
    private final Mark mark;

    CrashPoint(Function<ClusterNode, TcpProxy> link, Mark mark) {
        this.link = link;
        this.mark = mark;
    }

    /** Whether the network between a node and MongoDB is where it is seen. */
    boolean isOnTheWayToMongo() {
        return this == BEFORE_THE_WRITE || this == AFTER_THE_WRITE;
    }

    /**
     * A node dies there, and its bytes with it.
     *
     * @return whether it came there
     */
    boolean kill(Cluster cluster, Random random) {
        ClusterNode node = cluster.nodes().get(random.nextInt(2));
        int awayMillis = random.nextInt(500);
        Trigger trigger = new Trigger(mark, bytes -> node.kill());
        boolean played = play(node, trigger);
        if (played) {
            trigger.awaitDone(PATIENCE_MILLIS);
            Processes.pause(awayMillis);
            node.start();
        }
        return played;
    }

    /**
     * A node is halted there for longer than every lease. Its bytes arrive late, when others have long done its work, and
     * then it goes on. Whatever is to happen meanwhile may: see {@link Cluster#heal}, which waits for the end of it.
     *
     * @return whether it came there
     */
    boolean halt(Cluster cluster, Random random) {
        ClusterNode node = cluster.nodes().get(random.nextInt(2));
        int millis = HALT_MILLIS + random.nextInt(1_500);
        Trigger trigger = new Trigger(mark, bytes -> {
            node.halt(true);
            Processes.pause(millis);
            Trigger.deliver(bytes);
            node.halt(false);
        });
        boolean played = play(node, trigger);
        if (played) {
            cluster.awaitBeforeHealing(trigger);
        }
        return played;
    }

    private boolean play(ClusterNode node, Trigger trigger) {
        link.apply(node).on(trigger);
        trigger.awaitFired(PATIENCE_MILLIS);
        return !link.apply(node).off(trigger);
    }

    private static final class Marks {
        private static final String INSERT_ORDERS = "\u0002insert\0\u0007\0\0\0orders\0";
    }
}
