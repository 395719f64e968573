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
 * Names the steps at which a purchase can be interrupted. The program needs no hooks for it: a proxy recognizes the
 * bytes of that step and holds them back while the process is killed or halted.
 */
enum CrashPoint {
    BEFORE_THE_SCRIPT(
            ClusterNode::redis, new Mark(true, Script.load("purchase-7").sha1(), false)),
    AFTER_THE_SCRIPT(ClusterNode::redis, new Mark(false, "RESERVED", false)),
    /** Matches the first element of the command: a string named "insert", seven bytes long. */
    BEFORE_THE_WRITE(ClusterNode::mongo, new Mark(true, Marks.INSERT_ORDERS, false)),
    AFTER_THE_WRITE(ClusterNode::mongo, new Mark(true, Marks.INSERT_ORDERS, true)),
    BEFORE_THE_ANSWER(ClusterNode::front, new Mark(false, "201 Created", false));

    /** How long to wait until a purchase reaches the point. */
    private static final long TIMEOUT_MILLIS = 10_000;

    /** Longer than the leases of a reconciler pass and of a recovery. */
    private static final int HALT_MILLIS = 5_500;

    @SuppressWarnings("ImmutableEnumChecker") // a method reference without state
    private final Function<ClusterNode, TcpProxy> link;

    @SuppressWarnings("ImmutableEnumChecker") // a record of strings
    private final Mark mark;

    CrashPoint(Function<ClusterNode, TcpProxy> link, Mark mark) {
        this.link = link;
        this.mark = mark;
    }

    /** Whether the point is observed on the network between a node and MongoDB. */
    boolean isOnTheWayToMongo() {
        return this == BEFORE_THE_WRITE || this == AFTER_THE_WRITE;
    }

    /**
     * Kills a node at this point; the held bytes are lost.
     *
     * @return whether a node reached the point
     */
    boolean kill(Cluster cluster, Random random) {
        ClusterNode node = cluster.nodes().get(random.nextInt(2));
        int awayMillis = random.nextInt(500);
        Trigger trigger = new Trigger(mark, bytes -> node.kill());
        boolean played = play(node, trigger);
        if (played) {
            trigger.awaitDone(TIMEOUT_MILLIS);
            Processes.pause(awayMillis);
            node.start();
        }
        return played;
    }

    /**
     * Halts a node at this point for longer than every lease. Its bytes arrive after other nodes have taken over its
     * work, and then it resumes. The method returns before that: {@link Cluster#heal} waits for the end.
     *
     * @return whether a node reached the point
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
        trigger.awaitFired(TIMEOUT_MILLIS);
        return !link.apply(node).off(trigger);
    }

    private static final class Marks {
        private static final String INSERT_ORDERS = "\u0002insert\0\u0007\0\0\0orders\0";
    }
}
