package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreWaitTest {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final StoreWait waiting = new StoreWait(vertx, Clock.systemUTC(), stopping::get);

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private <T> Future<T> onLoop(java.util.function.Supplier<Future<T>> call) {
        Promise<T> promise = Promise.promise();
        vertx.runOnContext(now -> call.get().onComplete(promise));
        return promise.future();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void triesUntilTheStoreAnswersAndSaysWhatItWaitsFor() throws Exception {
        // given
        AtomicInteger tries = new AtomicInteger();
        Promise<String> detail = Promise.promise();

        // when
        String answer = await(onLoop(() -> waiting.until("Redis", "redis://h", () -> switch (tries.incrementAndGet()) {
            case 1 -> throw new IllegalStateException("no client");
            default -> {
                detail.complete(waiting.detail());
                yield Future.succeededFuture("answer");
            }
        })));

        // then
        assertEquals("answer", answer);
        assertEquals("starting: waiting for Redis at redis://h: no client", await(detail.future()));
        assertEquals("starting", waiting.detail());
    }

    @Test
    void anAddressThatNoServerCanMendEndsTheWait() {
        // given
        IllegalArgumentException wrong = new IllegalArgumentException("no address");

        // when
        Future<String> waited = onLoop(() -> waiting.until("Redis", "redis://h", () -> {
            throw wrong;
        }));

        // then
        assertSame(wrong, failure(waited));
    }

    @Test
    void aNodeThatStopsWaitsNoLonger() {
        // given
        stopping.set(true);

        // when
        Future<String> waited =
                onLoop(() -> waiting.until("MongoDB", "mongodb://h", () -> Future.failedFuture("still away")));

        // then
        assertEquals("still away", failure(waited).getMessage());
        assertFalse(waiting.detail().contains("MongoDB"));
    }

    private static Throwable failure(Future<?> future) {
        try {
            await(future);
            return null;
        } catch (java.util.concurrent.ExecutionException e) {
            return e.getCause();
        } catch (Exception e) {
            return e;
        }
    }
}
