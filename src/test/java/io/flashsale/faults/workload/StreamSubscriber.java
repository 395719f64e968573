package io.flashsale.faults.workload;

import io.flashsale.faults.checker.StoreSnapshot;
import io.flashsale.faults.stores.Processes;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Subscribes to the events of a product without a break, reconnects to either node whenever the stream ends, and
 * records violations.
 *
 * <p>With two masters the nodes may report different ones: a node that has received the newer epoch ignores the older
 * one; a node that has not reports the old master's numbers, which are valid for that master. So these rules hold: seq
 * never falls, at whichever node; the remaining stock stays between zero and all units; and in the end every subscriber
 * receives the true stock.
 */
public final class StreamSubscriber implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final String productId;
    private final List<Integer> ports;
    private final Random random;
    private final List<String> violations = new ArrayList<>();
    private final Thread thread = new Thread(this::watch, "watch");
    private volatile Stream<String> stream;
    private volatile boolean closed;
    private volatile boolean staying;
    private volatile Long remaining;
    private long seq;
    private long least;
    private long most;
    private boolean begun;

    public StreamSubscriber(String productId, List<Integer> ports, Random random) {
        this.productId = productId;
        this.ports = ports;
        this.random = random;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (!closed) {
            int port = ports.get(random.nextInt(ports.size()));
            long untilMillis = System.currentTimeMillis() + 500 + random.nextInt(3_000);
            try {
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + port + "/api/v1/product/" + productId + "/events"))
                        .header("Last-Event-ID", String.valueOf(seq))
                        .timeout(Duration.ofSeconds(3))
                        .build();
                HttpResponse<Stream<String>> response = HTTP.send(request, BodyHandlers.ofLines());
                begun = false;
                stream = response.body();
                stream.takeWhile(line -> staying || System.currentTimeMillis() < untilMillis)
                        .filter(line -> line.startsWith("data: "))
                        .forEach(line -> onEvent(new JsonObject(line.substring(6))));
                stream.close();
            } catch (IOException | UncheckedIOException e) {
                // The stream ended; browsers reconnect after a while.
            } catch (InterruptedException e) {
                return;
            }
            if (!closed) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
        }
    }

    private synchronized void onEvent(JsonObject event) {
        long next = event.getLong("seq");
        boolean snapshot = event.containsKey("remaining");
        if (next < seq) {
            violation("seq fell from " + seq + " to " + event);
        }
        if (next == seq && (begun || !snapshot)) {
            violation("received twice: " + event);
        }
        if (!begun && !snapshot) {
            violation("a stream began with " + event);
        }
        begun = true;
        seq = next;
        if (snapshot) {
            remaining = event.getLong("remaining");
        } else if ("product:soldout".equals(event.getString("type"))) {
            remaining = 0L;
        }
        least = Math.min(least, remaining);
        most = Math.max(most, remaining);
    }

    private void violation(String what) {
        violations.add("live: " + productId + ": " + what);
    }

    /** Returns the violations. Shortly after healing the last event must report the true stock, also a sell-out. */
    public List<String> judge(StoreSnapshot snapshot) {
        staying = true;
        for (int i = 0; i < 100 && !snapshot.stock().equals(remaining); i++) {
            Processes.pause(100);
        }
        synchronized (this) {
            List<String> found = new ArrayList<>(violations);
            if (!snapshot.stock().equals(remaining)) {
                found.add("live: " + remaining + " units remaining were reported for " + productId + ", but there are "
                        + snapshot.stock());
            }
            if (least < 0 || most > snapshot.unitCount()) {
                found.add("live: " + least + " to " + most + " units remaining were reported for " + productId + " of "
                        + snapshot.unitCount());
            }
            return found;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        Stream<String> open = stream;
        if (open != null) {
            open.close();
        }
    }
}
