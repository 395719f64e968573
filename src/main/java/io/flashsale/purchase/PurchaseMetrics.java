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

/** Counts the outcomes of purchases on this node and measures their latency. Thread-safe. */
public final class PurchaseMetrics {
    private static final double[] PERCENTILES = {0.5, 0.99};
    private static final Duration RECENT = Duration.ofMinutes(1);

    private final MeterRegistry meters;
    private final Map<PurchaseOutcome.Kind, Counter> outcomes = new EnumMap<>(PurchaseOutcome.Kind.class);
    private final Map<PurchaseOutcome.Kind, LongAdder> first = new EnumMap<>(PurchaseOutcome.Kind.class);
    private final Counter replayed;
    private final Timer latency;
    private final ConcurrencyLimiter concurrencyLimiter;

    /** Registers the meters. */
    public PurchaseMetrics(MeterRegistry meters, ConcurrencyLimiter concurrencyLimiter) {
        this.meters = meters;
        this.concurrencyLimiter = concurrencyLimiter;
        for (PurchaseOutcome.Kind kind : PurchaseOutcome.Kind.values()) {
            first.put(kind, new LongAdder());
            outcomes.put(
                    kind,
                    Counter.builder("flashsale.purchases")
                            .description("outcomes of purchases")
                            .tag("outcome", kind.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        replayed = Counter.builder("flashsale.purchases.replayed")
                .description("replays of an earlier outcome")
                .register(meters);
        latency = Timer.builder("flashsale.purchase.latency")
                .description("latency of a purchase, without HTTP")
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

    /** Counts an outcome without its latency. A shed request would distort the latency of the others. */
    void shed(PurchaseOutcome outcome) {
        outcomes.get(outcome.kind()).increment();
        if (outcome.replayed()) {
            replayed.increment();
        } else {
            first.get(outcome.kind()).increment();
        }
    }

    /** Returns the number of outcomes of this kind since the start of the node, without replays. */
    public long count(PurchaseOutcome.Kind kind) {
        return first.get(kind).sum();
    }

    /** Returns the number of replays since the start of the node. */
    public long replayed() {
        return (long) replayed.count();
    }

    /** Returns the number of purchases in flight. */
    public int inFlight() {
        return concurrencyLimiter.inFlight();
    }

    /** Returns a latency percentile (0.5 or 0.99) of the last minute in milliseconds; 0 without purchases. */
    public double latencyMillis(double percentile) {
        for (ValueAtPercentile value : latency.takeSnapshot().percentileValues()) {
            if (value.percentile() == percentile) {
                return value.value(TimeUnit.MILLISECONDS);
            }
        }
        throw new IllegalArgumentException("unknown percentile: " + percentile);
    }
}
