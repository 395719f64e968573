package io.flashsale.redis;

import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * Asks again and again whether somebody is still there. Each time is armed when the one before has come: those that a halt of
 * this node held up must not come one after another, before any answer is read.
 *
 * <p>Belongs to one event loop.
 */
public final class Heartbeat {
    private final Vertx vertx;
    private final long everyMillis;
    private final Runnable beat;
    private long timer = -1;

    /** Makes one that does not beat yet. */
    public Heartbeat(Vertx vertx, Duration every, Runnable beat) {
        this.vertx = vertx;
        this.everyMillis = every.toMillis();
        this.beat = beat;
    }

    /** Beats from now on, for the first time when its time has passed once. */
    public void start() {
        timer = vertx.setTimer(everyMillis, fired -> {
            start();
            beat.run();
        });
    }

    /** Does not beat any more. */
    public void stop() {
        vertx.cancelTimer(timer);
    }
}
