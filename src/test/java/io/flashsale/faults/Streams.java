package io.flashsale.faults;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** Opens thousands of connections that each read one product's event stream, at little cost in one process. */
final class Streams implements AutoCloseable {
    private static final String SNAPSHOT = "event: stock:updated";
    private static final String SOLD_OUT = "event: product:soldout";

    private final Vertx vertx;
    private final NetClient client;
    private final int port;
    private final Buffer request;
    private final AtomicLongArray beganAt;
    private final AtomicLongArray snapshotAfter;
    private final AtomicLongArray soldOutAt;
    private final AtomicInteger soldOutEvents = new AtomicInteger();
    private final CountDownLatch snapshots;
    private final CountDownLatch soldOuts;
    private final AtomicInteger next = new AtomicInteger();
    private final List<NetSocket> sockets = new ArrayList<>();
    private final AtomicReference<String> refusal = new AtomicReference<>();

    Streams(Vertx vertx, int port, String productId, int count) {
        this.vertx = vertx;
        this.port = port;
        this.client = vertx.createNetClient(new NetClientOptions().setConnectTimeout(20_000));
        this.request = Buffer.buffer("GET /api/v1/product/" + productId
                + "/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
        this.beganAt = new AtomicLongArray(count);
        this.snapshotAfter = new AtomicLongArray(count);
        this.soldOutAt = new AtomicLongArray(count);
        this.snapshots = new CountDownLatch(count);
        this.soldOuts = new CountDownLatch(count);
    }

    /** Opens all connections, that many at a time; returns when each has received its snapshot. */
    void open(int atOnce) {
        for (int i = 0; i < atOnce; i++) {
            vertx.runOnContext(now -> openNext());
        }
        await(snapshots, "snapshots");
    }

    private void openNext() {
        int index = next.getAndIncrement();
        if (index >= beganAt.length()) {
            return;
        }
        beganAt.set(index, System.nanoTime());
        connect(index).onFailure(failure -> refusal.compareAndSet(null, failure.toString()));
    }

    private Future<Void> connect(int index) {
        return client.connect(port, "127.0.0.1").compose(socket -> {
            synchronized (sockets) {
                sockets.add(socket);
            }
            StringBuilder unread = new StringBuilder();
            socket.handler(bytes -> {
                unread.append(bytes.toString(StandardCharsets.US_ASCII));
                read(index, unread);
            });
            return socket.write(request);
        });
    }

    private void read(int index, StringBuilder unread) {
        if (snapshotAfter.get(index) == 0) {
            if (unread.length() > 12 && !unread.toString().startsWith("HTTP/1.1 200")) {
                refusal.compareAndSet(null, unread.substring(0, Math.min(300, unread.length())));
            }
            if (unread.indexOf(SNAPSHOT) >= 0) {
                snapshotAfter.set(index, System.nanoTime() - beganAt.get(index));
                snapshots.countDown();
                openNext();
            }
        }
        int found = unread.indexOf(SOLD_OUT);
        if (found >= 0) {
            soldOutEvents.incrementAndGet();
            if (soldOutAt.compareAndSet(index, 0, System.nanoTime())) {
                soldOuts.countDown();
            }
        }
        int consumed = found >= 0 ? found + SOLD_OUT.length() : Math.max(0, unread.length() - SOLD_OUT.length());
        if (snapshotAfter.get(index) != 0) {
            unread.delete(0, consumed);
        }
    }

    /** Waits until every connection has received the sell-out. */
    void awaitSoldOut() {
        await(soldOuts, "sell-outs");
    }

    private void await(CountDownLatch latch, String what) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError(latch.getCount() + " " + what + " are missing; first refusal: " + refusal);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns the time from connect to snapshot of each connection. */
    Times snapshots() {
        return values(snapshotAfter, 0);
    }

    /** Returns how long after that moment each connection received the sell-out. */
    Times soldOut(long since) {
        return values(soldOutAt, since);
    }

    private static Times values(AtomicLongArray array, long minus) {
        return new Times(IntStream.range(0, array.length())
                .mapToLong(index -> Math.max(0, array.get(index) - minus))
                .sorted()
                .toArray());
    }

    /** Holds the sorted durations of many operations. */
    static final class Times {
        private final long[] sorted;

        private Times(long[] sorted) {
            this.sorted = sorted;
        }

        /** Returns a quantile in milliseconds; 1 is the maximum. */
        double at(double quantile) {
            return sorted[(int) Math.min(sorted.length - 1L, Math.round(quantile * sorted.length))] / 1e6;
        }
    }

    /** Returns how many sell-out events were received in total. */
    int soldOutEvents() {
        return soldOutEvents.get();
    }

    @Override
    public void close() {
        synchronized (sockets) {
            sockets.forEach(NetSocket::close);
        }
    }
}
