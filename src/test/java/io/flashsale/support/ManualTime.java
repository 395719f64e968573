package io.flashsale.support;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Provides time that passes only when a test advances it: a clock, and a {@link Vertx} that supports only timers.
 * Timers fire on the thread that advances the time, in the order in which they are due.
 */
public final class ManualTime {
    private record Timer(long id, long dueMillis, Handler<Long> handler) {}

    private final Map<Long, Timer> timers = new HashMap<>();
    private final InstantSource source = () -> Instant.ofEpochMilli(this.nowMillis);
    private final Clock clock = source.withZone(ZoneOffset.UTC);
    private final Vertx vertx =
            (Vertx) Proxy.newProxyInstance(Vertx.class.getClassLoader(), new Class<?>[] {Vertx.class}, this::invoke);
    private long nowMillis = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private long lastId;

    /** Returns the clock. */
    public Clock clock() {
        return clock;
    }

    /** Returns a Vertx with {@code setTimer} and {@code cancelTimer}; any other method fails the test. */
    public Vertx vertx() {
        return vertx;
    }

    /** Advances the time, and fires the timers that become due. */
    public void advance(Duration by) {
        long end = nowMillis + by.toMillis();
        for (Optional<Timer> due = nextDue(end); due.isPresent(); due = nextDue(end)) {
            nowMillis = due.get().dueMillis();
            timers.remove(due.get().id());
            due.get().handler().handle(due.get().id());
        }
        nowMillis = end;
    }

    /** Advances the time by milliseconds. */
    public void advanceMillis(long millis) {
        advance(Duration.ofMillis(millis));
    }

    /** Returns the number of pending timers. */
    public int pendingTimers() {
        return timers.size();
    }

    private Optional<Timer> nextDue(long endMillis) {
        return timers.values().stream()
                .filter(timer -> timer.dueMillis() <= endMillis)
                .min(Comparator.comparingLong(Timer::dueMillis).thenComparingLong(Timer::id));
    }

    @SuppressWarnings("unchecked")
    private Object invoke(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "setTimer" -> set((long) arguments[0], (Handler<Long>) arguments[1]);
            case "cancelTimer" -> timers.remove((long) arguments[0]) != null;
            default -> throw new UnsupportedOperationException(method.toString());
        };
    }

    private long set(long delayMillis, Handler<Long> handler) {
        lastId++;
        timers.put(lastId, new Timer(lastId, nowMillis + delayMillis, handler));
        return lastId;
    }
}
