package io.flashsale.async;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

class FuturesTest {
    @Test
    void whatAStepThrowsFailsItsFuture() {
        for (Throwable thrown : new Throwable[] {new IllegalStateException("no"), new AssertionError("no")}) {
            Future<String> attempted = Futures.attempt(() -> {
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) thrown;
            });
            assertSame(thrown, attempted.cause());
        }
    }

    @Test
    void aStepThatReturnsNothingFailsItsFuture() {
        assertInstanceOf(NullPointerException.class, Futures.attempt(() -> null).cause());
    }

    @Test
    void theStepsOwnFutureIsReturned() {
        Promise<String> promise = Promise.promise();
        assertSame(promise.future(), Futures.attempt(promise::future));
        assertTrue(Futures.attempt(() -> Future.failedFuture("no")).failed());
    }
}
