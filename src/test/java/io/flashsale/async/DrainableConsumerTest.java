package io.flashsale.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of a consumer with messages under way. */
class DrainableConsumerTest {
    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private DrainableConsumer<String> register(Function<Message<String>, Future<?>> handler) throws Exception {
        CompletableFuture<DrainableConsumer<String>> made = new CompletableFuture<>();
        loop.runOnContext(now -> DrainableConsumer.register(vertx, "work", handler)
                .onSuccess(made::complete)
                .onFailure(made::completeExceptionally));
        return made.get(30, TimeUnit.SECONDS);
    }

    private CompletableFuture<Void> drain(DrainableConsumer<String> consumer) {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        loop.runOnContext(now -> consumer.drain().onSuccess(drained::complete));
        return drained;
    }

    private Future<String> ask(String what) {
        return vertx.eventBus()
                .<String>request("work", what, new DeliveryOptions().setLocalOnly(true))
                .map(Message::body);
    }

    private boolean isRefused(String what) throws Exception {
        try {
            get(vertx.eventBus().<String>request("work", what, new DeliveryOptions().setSendTimeout(100)));
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof ReplyException refused && refused.failureType() == ReplyFailure.NO_HANDLERS;
        }
    }

    @Test
    void whatIsUnderWayIsAnsweredAndNothingIsTakenThatComesLater() throws Exception {
        // given
        Promise<Void> slow = Promise.promise();
        CompletableFuture<Void> taken = new CompletableFuture<>();
        DrainableConsumer<String> consumer = register(message -> {
            taken.complete(null);
            return slow.future().onSuccess(done -> message.reply("done with " + message.body()));
        });
        Future<String> first = ask("first");
        taken.get(30, TimeUnit.SECONDS);

        // when
        CompletableFuture<Void> drained = drain(consumer);
        while (!isRefused("late")) {
            // It is not yet off the bus.
        }

        // then
        assertFalse(drained.isDone());
        loop.runOnContext(now -> slow.complete());
        drained.get(30, TimeUnit.SECONDS);
        assertEquals("done with first", get(first));
    }

    @Test
    void withNothingUnderWayItEndsAtOnce() throws Exception {
        // given
        DrainableConsumer<String> consumer = register(message -> {
            message.reply("done");
            return Future.succeededFuture();
        });
        assertEquals("done", get(ask("anything")));

        // when, then
        drain(consumer).get(30, TimeUnit.SECONDS);
    }

    @Test
    void aHandlerThatThrowsOrFailsDoesNotHoldItUp() throws Exception {
        // given
        DrainableConsumer<String> consumer = register(message -> {
            message.reply("taken");
            if (message.body().equals("throw")) {
                throw new IllegalStateException("a fault in the handler");
            }
            return Future.failedFuture("failed");
        });
        get(ask("throw"));
        get(ask("fail"));

        // when, then
        drain(consumer).get(30, TimeUnit.SECONDS);
    }
}
