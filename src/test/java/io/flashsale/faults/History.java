package io.flashsale.faults;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Everything that buyers saw and that the nemesis did, in the order in which it ended. For any thread. */
final class History {
    /** A fault, or its end, at that time. */
    record Event(long at, String what) {}

    private final long startedAt = System.nanoTime();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();

    /** Nanoseconds since this history began. */
    long now() {
        return System.nanoTime() - startedAt;
    }

    void add(Call call) {
        calls.add(call);
    }

    void event(String what) {
        events.add(new Event(now(), what));
    }

    List<Call> calls() {
        return new ArrayList<>(calls);
    }

    List<Event> events() {
        return new ArrayList<>(events);
    }

    /** Writes it down, a line each. */
    void write(Path file) {
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
