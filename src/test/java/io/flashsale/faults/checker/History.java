package io.flashsale.faults.checker;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Records all calls of buyers and all faults, in the order in which they ended. Thread-safe. */
public final class History {
    /** Records the begin or end of a fault at that time. */
    record Event(long at, String what) {}

    /** How long after the end of all faults returned units may take to be sellable again. */
    private static final long HEALING = TimeUnit.SECONDS.toNanos(15);

    /**
     * How long a node may treat MongoDB as unreachable after the fault: it retries after a second, and its connections
     * take as long to recover.
     */
    private static final long RECONNECTING = TimeUnit.SECONDS.toNanos(3);

    private static final long NEVER = Long.MAX_VALUE;

    private final long startedAt = System.nanoTime();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final Map<String, Map<String, StoreSnapshot.Order>> liveAtAgreement = new ConcurrentHashMap<>();
    private volatile long firstFaultAt = NEVER;
    private volatile long agreedAt = NEVER;

    /** Returns the nanoseconds since this history began. */
    public long now() {
        return System.nanoTime() - startedAt;
    }

    public void add(Call call) {
        calls.add(call);
    }

    public void event(String what) {
        events.add(new Event(now(), what));
    }

    /** Records a fault: from now on something is broken, until {@link #storesAgree}. */
    public void fault(String what) {
        faultAt(now(), what);
    }

    void faultAt(long at, String what) {
        events.add(new Event(at, what));
        firstFaultAt = Math.min(firstFaultAt, at);
    }

    /** Records that both stores agree and that nothing is broken any more; only the first time counts. */
    public void storesAgree(List<StoreSnapshot> snapshots) {
        agreedAt(now(), snapshots);
    }

    void agreedAt(long at, List<StoreSnapshot> snapshots) {
        events.add(new Event(at, "stores agree"));
        if (agreedAt == NEVER) {
            snapshots.forEach(snapshot -> liveAtAgreement.put(snapshot.productId(), snapshot.live()));
            agreedAt = at;
        }
    }

    /** Whether a call returned before the first fault. */
    boolean isBeforeFaults(Call call) {
        return call.returned() <= firstFaultAt;
    }

    /** Whether a call began after everything was healed. */
    boolean isAfterHealing(Call call) {
        return call.invoked() >= agreedAt;
    }

    /**
     * Whether a fault of MongoDB or of its network overlapped a call, or ended so shortly before it that a node may not
     * have reconnected.
     */
    boolean isMongoUnreachable(Call call) {
        long begun = NEVER;
        for (Event event : events) {
            if (event.what().startsWith("begin MONGO_")) {
                begun = event.at();
            } else if (event.what().startsWith("end MONGO_")) {
                if (begun <= call.returned() && event.at() + RECONNECTING >= call.invoked()) {
                    return true;
                }
                begun = NEVER;
            }
        }
        return begun <= call.returned();
    }

    /** Returns when both stores first agreed; {@code Long.MAX_VALUE} if they never did. */
    long agreedAt() {
        return agreedAt;
    }

    /** Returns the live orders of a product by id, as of when both stores first agreed. */
    Map<String, StoreSnapshot.Order> liveAtAgreement(String productId) {
        return liveAtAgreement.getOrDefault(productId, Map.of());
    }

    /**
     * Returns by when both stores certainly reflect a response: at once without faults; otherwise when both stores
     * agreed or when the time for repairs is over, whichever is earlier.
     */
    long followedBy(long returned) {
        return returned <= firstFaultAt || returned >= agreedAt ? returned : repairedBy(returned);
    }

    /** Returns by when the reconciler has certainly completed what a response left undone. */
    long repairedBy(long returned) {
        return returned < agreedAt ? Math.min(returned + HEALING, agreedAt) : returned + HEALING;
    }

    public List<Call> calls() {
        return new ArrayList<>(calls);
    }

    List<Event> events() {
        return new ArrayList<>(events);
    }

    /** Writes the history to a file, one JSON object per line. */
    public void write(Path file) {
        List<String> lines = new ArrayList<>();
        events.forEach(event -> lines.add(new JsonObject()
                .put("event", event.what())
                .put("atMicros", event.at() / 1_000)
                .encode()));
        calls.forEach(call -> lines.add(call.line()));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
