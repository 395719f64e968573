package io.flashsale.reconcile;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What the reconciler of this node had to do, and what still waits. May be used by any thread. */
public final class ReconcilerMetrics {
    /** What there is to repair. */
    enum Kind {
        /** An order that stayed in the outbox was written. */
        DRIVEN,
        /** A reservation turned out to be lost: its buyer is told. */
        FAILED,
        /** A unit got the holder that MongoDB names. */
        ADOPTED,
        /** A unit that was nowhere became sellable. */
        FREED,
        /** The units of a cancelled order came back. */
        GIVEN_BACK,
        /** An order of the house that a failed edit had left behind was cancelled. */
        UNDONE,
        /** A running sale was handed settings that it had missed. */
        CONFIGURED,
        /** A sale was rebuilt from MongoDB. */
        RECOVERED,
        /** A sale could not be rebuilt yet. */
        RECOVERY_FAILED,
        /** An order that MongoDB refuses was put aside. */
        PUT_ASIDE
    }

    private final Map<Kind, Counter> counters = new EnumMap<>(Kind.class);
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong deadLetters = new AtomicLong();

    /** Makes the meters. */
    public ReconcilerMetrics(MeterRegistry meters, RecoveringSales recoveringSales) {
        for (Kind kind : Kind.values()) {
            counters.put(
                    kind,
                    Counter.builder("flashsale.repairs")
                            .description("what the reconciler of this node had to do")
                            .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        meters.gauge("flashsale.outbox.orders", waiting);
        meters.gauge("flashsale.dead.letters", deadLetters);
        meters.gauge(
                "flashsale.sales.closed",
                recoveringSales,
                closed -> closed.since().size());
    }

    void count(Kind kind) {
        counters.get(kind).increment();
    }

    /** Orders that all outboxes held when the last pass of this node looked. */
    void waiting(long orders) {
        waiting.set(orders);
    }

    /** Dead letters that there were then. */
    void deadLetters(long letters) {
        deadLetters.set(letters);
    }
}
