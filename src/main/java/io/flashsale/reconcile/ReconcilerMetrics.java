package io.flashsale.reconcile;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the repairs of this node, and the orders that wait. Thread-safe. */
public final class ReconcilerMetrics {
    /** The kinds of repair, with the value of the metric's tag {@code kind}, on which dashboards rely. */
    enum Kind {
        /** An order that stayed in the outbox was written by a retry. */
        RETRIED("driven"),
        /** A reservation was lost and recorded as failed for its buyer. */
        FAILED("failed"),
        /** A unit got the holder that MongoDB has. */
        ADOPTED("adopted"),
        /** A unit without a valid holder became sellable. */
        FREED("freed"),
        /** The units or slots of a cancelled or discarded order were released. */
        GIVEN_BACK("given_back"),
        /** A stock hold that a failed edit left behind was released. */
        HOLD_RELEASED("undone"),
        /** A running sale got settings that it had missed. */
        CONFIGURED("configured"),
        /** A sale was rebuilt from MongoDB. */
        RECOVERED("recovered"),
        /** A sale could not be rebuilt yet. */
        RECOVERY_FAILED("recovery_failed"),
        /** An order that MongoDB refuses was dead-lettered. */
        DEAD_LETTERED("put_aside");

        private final String tag;

        Kind(String tag) {
            this.tag = tag;
        }

        String tag() {
            return tag;
        }
    }

    private final Map<Kind, Counter> counters = new EnumMap<>(Kind.class);
    private final AtomicLong outboxOrders = new AtomicLong();
    private final AtomicLong deadLetters = new AtomicLong();

    /** Registers the meters. */
    public ReconcilerMetrics(MeterRegistry meters, RecoveringSales recoveringSales) {
        for (Kind kind : Kind.values()) {
            counters.put(
                    kind,
                    Counter.builder("flashsale.repairs")
                            .description("repairs by the reconciler of this node")
                            .tag("kind", kind.tag())
                            .register(meters));
        }
        meters.gauge("flashsale.outbox.orders", outboxOrders);
        meters.gauge("flashsale.dead.letters", deadLetters);
        meters.gauge(
                "flashsale.sales.closed",
                recoveringSales,
                closed -> closed.since().size());
    }

    void count(Kind kind) {
        counters.get(kind).increment();
    }

    /** Sets the number of orders that the last pass of this node found in all outboxes. */
    void setOutboxOrders(long orders) {
        outboxOrders.set(orders);
    }

    /** Sets the number of dead letters that the last pass of this node found. */
    void setDeadLetters(long count) {
        deadLetters.set(count);
    }
}
