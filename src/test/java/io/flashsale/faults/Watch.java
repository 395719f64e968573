package io.flashsale.faults;

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
import java.util.stream.Stream;

/** Somebody who looks at a product's page all the time, and whose browser comes back whenever the stream ends. */
final class Watch implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final String productId;
    private final int port;
    private final List<String> violations = new ArrayList<>();
    private final Thread thread = new Thread(this::watch, "watch");
    private volatile Stream<String> stream;
    private volatile boolean closed;
    private volatile Long remaining;
    private long seq;

    Watch(String productId, int port) {
        this.productId = productId;
        this.port = port;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (!closed) {
            try {
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + port + "/api/v1/product/" + productId + "/events"))
                        .header("Last-Event-ID", String.valueOf(seq))
                        .timeout(Duration.ofSeconds(3))
                        .build();
                HttpResponse<Stream<String>> response = HTTP.send(request, BodyHandlers.ofLines());
                stream = response.body();
                stream.filter(line -> line.startsWith("data: "))
                        .forEach(line -> told(new JsonObject(line.substring(6))));
            } catch (IOException | UncheckedIOException e) {
                // The stream ended; browsers open the next one after a while.
            } catch (InterruptedException e) {
                return;
            }
            Processes.pause(200);
        }
    }

    private synchronized void told(JsonObject event) {
        long next = event.getLong("seq");
        if (next < seq) {
            violations.add("live: seq fell from " + seq + " to " + next + " for " + productId);
        }
        seq = next;
        if (event.containsKey("remaining")) {
            remaining = event.getLong("remaining");
        }
    }

    /** What is wrong with what was told; the last word has to be the truth, a moment after everything is healed. */
    List<String> judge(Long truth) {
        for (int i = 0; i < 100 && !truth.equals(remaining); i++) {
            Processes.pause(100);
        }
        synchronized (this) {
            List<String> found = new ArrayList<>(violations);
            if (!truth.equals(remaining)) {
                found.add("live: " + remaining + " were told to be left of " + productId + ", and there are " + truth);
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
