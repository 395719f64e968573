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

/** Everything that buyers saw and that the nemesis did, in the order in which it ended. For any thread. */
public final class History {
    /** A fault, or its end, at that time. */
    record Event(long at, String what) {}

    /** Within it everything that was given back is sellable again, once nothing is broken any more. */
    private static final long HEALING = TimeUnit.SECONDS.toNanos(15);

    /** A node that could not reach MongoDB asks it again after a second, and its connections take as long to come back. */
    private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(3);

    private static final long NEVER = Long.MAX_VALUE;

    private final long startedAt = System.nanoTime();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final Map<String, Map<String, StoreSnapshot.Order>> liveWhenWhole = new ConcurrentHashMap<>();
    private volatile long firstFaultAt = NEVER;
    private volatile long wholeAt = NEVER;

    /** Nanoseconds since this history began. */
    public long now() {
        return System.nanoTime() - startedAt;
    }

    public void add(Call call) {
        calls.add(call);
    }

    public void event(String what) {
        events.add(new Event(now(), what));
    }

    /** Something is broken from now on, until {@link #whole}. */
    public void fault(String what) {
        faultAt(now(), what);
    }

    void faultAt(long at, String what) {
        events.add(new Event(at, what));
        firstFaultAt = Math.min(firstFaultAt, at);
    }

    /** Both stores were seen to agree, and nothing is broken any more; the first time counts. */
    public void whole(List<StoreSnapshot> truths) {
        wholeAt(now(), truths);
    }

    void wholeAt(long at, List<StoreSnapshot> truths) {
        events.add(new Event(at, "whole"));
        if (wholeAt == NEVER) {
            truths.forEach(snapshot -> liveWhenWhole.put(snapshot.productId(), snapshot.live()));
            wholeAt = at;
        }
    }

    /** Whether a call was over before anything was broken. */
    boolean isBeforeFaults(Call call) {
        return call.returned() <= firstFaultAt;
    }

    /** Whether a call was begun after everything had been healed. */
    boolean isAfterHealing(Call call) {
        return call.invoked() >= wholeAt;
    }

    /** Whether a fault of MongoDB, or of the way to it, lasted into a call, or ended so shortly before that a node remembers. */
    boolean isMongoOutOfReach(Call call) {
        long begun = NEVER;
        for (Event event : events) {
            if (event.what().startsWith("begin MONGO_")) {
                begun = event.at();
            } else if (event.what().startsWith("end MONGO_")) {
                if (begun <= call.returned() && event.at() + REMEMBERED >= call.invoked()) {
                    return true;
                }
                begun = NEVER;
            }
        }
        return begun <= call.returned();
    }

    /** When both stores were seen to agree; the end of time where they were not. */
    long wholeAt() {
        return wholeAt;
    }

    /** The live orders of a product, by their id, when both stores were seen to agree. */
    Map<String, StoreSnapshot.Order> liveWhenWhole(String productId) {
        return liveWhenWhole.getOrDefault(productId, Map.of());
    }

    /**
     * By when both stores have surely followed an answer: at once while nothing was broken, else when everything was found
     * whole, or after a while.
     */
    long followedBy(long returned) {
        return returned <= firstFaultAt || returned >= wholeAt ? returned : repairedBy(returned);
    }

    /** By when the reconciler has surely made up for what an answer left undone. */
    long repairedBy(long returned) {
        return returned < wholeAt ? Math.min(returned + HEALING, wholeAt) : returned + HEALING;
    }

    public List<Call> calls() {
        return new ArrayList<>(calls);
    }

    List<Event> events() {
        return new ArrayList<>(events);
    }

    /** Writes it down, a line each. */
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
