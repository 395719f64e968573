package io.flashsale.persistence.order;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flashsale.domain.Order;
import io.flashsale.persistence.order.PersistResult.Kind;
import io.flashsale.support.TestOrders;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that every request to write an order gets a result, even if no reply arrives. */
class OrderClientTest {
    private final Vertx vertx = Vertx.vertx();
    private final Order order = TestOrders.reserved("p", "ada", List.of(1), List.of());

    @BeforeEach
    void registerCodecs() {
        OrderClient.registerCodecs(vertx);
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    private void listen(Handler<Message<PersistOrder>> handler) {
        vertx.eventBus().<PersistOrder>localConsumer(OrderClient.ADDRESS, handler);
    }

    private PersistResult place(Duration timeout) throws ExecutionException, InterruptedException, TimeoutException {
        Future<PersistResult> reply = new OrderClient(vertx, timeout).place(order);
        return reply.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void theReplyIsReturned() throws ExecutionException, InterruptedException, TimeoutException {
        // given
        listen(message -> message.reply(
                PersistResult.of(Kind.PLACED, TestOrders.placed(message.body().order()))));

        // when
        PersistResult reply = place(Duration.ofSeconds(10));

        // then
        assertEquals(PersistResult.of(Kind.PLACED, TestOrders.placed(order)), reply);
    }

    @Test
    void theResultIsUnknownAfterATimeout() throws ExecutionException, InterruptedException, TimeoutException {
        // given
        listen(message -> {});

        // when
        PersistResult reply = place(Duration.ofMillis(20));

        // then
        assertEquals(Kind.UNKNOWN, reply.kind());
    }

    @Test
    void theResultIsUnknownWithoutAConsumerAndWhenItFails()
            throws ExecutionException, InterruptedException, TimeoutException {
        // when
        PersistResult withoutConsumer = place(Duration.ofSeconds(10));
        listen(message -> message.fail(500, "no"));
        PersistResult failed = place(Duration.ofSeconds(10));

        // then
        assertEquals(Kind.UNKNOWN, withoutConsumer.kind());
        assertEquals(Kind.UNKNOWN, failed.kind());
    }
}
