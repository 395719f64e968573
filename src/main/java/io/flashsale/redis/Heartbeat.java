package io.flashsale.redis;

import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * Runs an action at a fixed interval, such as a check of a peer. Each timer starts when the previous one has fired, so
 * that beats delayed by a halt of this node do not follow each other before any reply is read.
 *
 * <p>Belongs to one event loop.
 */
public final class Heartbeat {
    private final Vertx vertx;
    private final long intervalMillis;
    private final Runnable beat;
    private long timer = -1;

    /** Creates a heartbeat that is not started. */
    public Heartbeat(Vertx vertx, Duration interval, Runnable beat) {
        this.vertx = vertx;
        this.intervalMillis = interval.toMillis();
        this.beat = beat;
    }

    /** Starts the heartbeat; the first beat comes after one interval. */
    public void start() {
        timer = vertx.setTimer(intervalMillis, fired -> {
            start();
            beat.run();
        });
    }

    /** Stops the heartbeat. */
    public void stop() {
        vertx.cancelTimer(timer);
    }
}
