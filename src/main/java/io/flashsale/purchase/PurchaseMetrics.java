package io.flashsale.purchase;

import io.flashsale.domain.PurchaseOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What buyers were told on this node, how often, and how long they waited for it. May be used by any thread. */
public final class PurchaseMetrics {
    private static final double[] PERCENTILES = {0.5, 0.99};
    private static final Duration RECENT = Duration.ofMinutes(1);

    private final MeterRegistry meters;
    private final Map<PurchaseOutcome.Kind, Counter> outcomes = new EnumMap<>(PurchaseOutcome.Kind.class);
    private final Map<PurchaseOutcome.Kind, LongAdder> first = new EnumMap<>(PurchaseOutcome.Kind.class);
    private final Counter replayed;
    private final Timer latency;
    private final ConcurrencyLimiter concurrencyLimiter;

    /** Makes the meters. */
    public PurchaseMetrics(MeterRegistry meters, ConcurrencyLimiter concurrencyLimiter) {
        this.meters = meters;
        this.concurrencyLimiter = concurrencyLimiter;
        for (PurchaseOutcome.Kind kind : PurchaseOutcome.Kind.values()) {
            first.put(kind, new LongAdder());
            outcomes.put(
                    kind,
                    Counter.builder("flashsale.purchases")
                            .description("answers to buyers")
                            .tag("outcome", kind.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        replayed = Counter.builder("flashsale.purchases.replayed")
                .description("answers that a key had before")
                .register(meters);
        latency = Timer.builder("flashsale.purchase.latency")
                .description("from the request to its answer, without HTTP")
                .publishPercentiles(PERCENTILES)
                .distributionStatisticExpiry(RECENT)
                .register(meters);
        meters.gauge("flashsale.purchases.in.flight", concurrencyLimiter, ConcurrencyLimiter::inFlight);
    }

    Timer.Sample started() {
        return Timer.start(meters);
    }

    void answered(Timer.Sample started, PurchaseOutcome outcome) {
        started.stop(latency);
        shed(outcome);
    }

    /** Answered without being tried: its latency would only flatter the others. */
    void shed(PurchaseOutcome outcome) {
        outcomes.get(outcome.kind()).increment();
        if (outcome.replayed()) {
            replayed.increment();
        } else {
            first.get(outcome.kind()).increment();
        }
    }

    /** How often buyers were told this since the node started, by an answer that their key did not have before. */
    public long count(PurchaseOutcome.Kind kind) {
        return first.get(kind).sum();
    }

    /** How many answers a key had before. */
    public long replayed() {
        return (long) replayed.count();
    }

    /** Purchases under way. */
    public int inFlight() {
        return concurrencyLimiter.inFlight();
    }

    /** Milliseconds within which this part of the last minute's purchases, 0.5 or 0.99, was answered; 0 without any. */
    public double latencyMillis(double percentile) {
        for (ValueAtPercentile value : latency.takeSnapshot().percentileValues()) {
            if (value.percentile() == percentile) {
                return value.value(TimeUnit.MILLISECONDS);
            }
        }
        throw new IllegalArgumentException("no such percentile is kept: " + percentile);
    }
}
