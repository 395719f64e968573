package io.flashsale.persistence.order;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Measures this node's group commits: their size, duration and results. Thread-safe. */
public final class CommitMetrics {
    private final MeterRegistry meters;
    private final Timer writes;
    private final DistributionSummary sizes;
    private final Map<PersistResult.Kind, Counter> replies = new EnumMap<>(PersistResult.Kind.class);

    /** Registers the meters. */
    public CommitMetrics(MeterRegistry meters) {
        this.meters = meters;
        writes = Timer.builder("flashsale.commits")
                .description("time to write one group of orders")
                .register(meters);
        sizes = DistributionSummary.builder("flashsale.commit.orders")
                .description("orders in one write")
                .register(meters);
        for (PersistResult.Kind kind : PersistResult.Kind.values()) {
            replies.put(
                    kind,
                    Counter.builder("flashsale.orders.written")
                            .description("orders by the result of their write")
                            .tag("reply", kind.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
    }

    Timer.Sample started(int orders) {
        sizes.record(orders);
        return Timer.start(meters);
    }

    void ended(Timer.Sample started) {
        started.stop(writes);
    }

    void replied(PersistResult reply) {
        replies.get(reply.kind()).increment();
    }
}
