package io.flashsale.persistence.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flashsale.embedded.EmbeddedMongo;
import io.flashsale.persistence.MongoGateway;
import io.flashsale.server.TestNode;
import io.flashsale.support.Polling;
import io.flashsale.support.ProvokesErrors;
import io.flashsale.support.TestStores;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.IndexOptions;
import io.vertx.ext.mongo.MongoClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that queued entries wait for MongoDB and are written exactly once. */
class AuditLogIT {
    private static final AuditStore.Filter ALL = new AuditStore.Filter(null, null, null);

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final Path folder = TestStores.temporaryFolder();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private EmbeddedMongo mongo;
    private MongoClient client;
    private AuditStore store;
    private AuditLog log;

    @BeforeEach
    void start() {
        mongo = EmbeddedMongo.start(folder);
        client = MongoClient.create(
                vertx,
                new JsonObject()
                        .put("connection_string", mongo.uri() + "/?serverSelectionTimeoutMS=500")
                        .put("db_name", "audit"));
        AuditMetrics metrics = new AuditMetrics(meters);
        store = new AuditStore(new MongoGateway(client, new MongoGateway.Settings(Duration.ofSeconds(10))), metrics);
        log = new AuditLog(vertx, store, metrics);
    }

    @AfterEach
    void stop() {
        TestNode.await(client.close());
        TestNode.await(vertx.close());
        mongo.close();
        TestStores.delete(folder);
    }

    /** Runs a step on the event loop of the log. */
    private void onLoop(Supplier<Future<Void>> step) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.runOnContext(now -> step.get().onComplete((result, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(failure);
            }
        }));
        done.join();
    }

    private static AuditEntry entry(String id, AuditAction action) {
        return AuditEntry.done(id, Instant.EPOCH, action, AuditEntry.SYSTEM, "p", new JsonObject().put("id", id));
    }

    private static AuditEntry entry(String id) {
        return entry(id, AuditAction.SALE_RECOVERED);
    }

    private List<String> written() {
        return TestNode.await(store.list(ALL, null, 1_000)).items().stream()
                .map(AuditEntry::id)
                .sorted()
                .toList();
    }

    private double counted(String result) {
        return meters.get("flashsale.audit.entries")
                .tag("result", result)
                .counter()
                .count();
    }

    private double waiting() {
        return meters.get("flashsale.audit.waiting").gauge().value();
    }

    @Test
    void recordCompletesOnceTheEntryIsWritten() {
        // when
        onLoop(() -> log.record(entry("a")));

        // then
        assertEquals(List.of("a"), written());
    }

    @Test
    void repeatedEntriesAreWrittenOnce() {
        // when
        onLoop(() -> Future.join(log.record(entry("a")), log.record(entry("a"))).mapEmpty());
        onLoop(() -> Future.join(log.record(entry("a")), log.record(entry("b"))).mapEmpty());

        // then
        assertEquals(List.of("a", "b"), written());
        assertEquals(2, counted("written"));
        assertEquals(2, counted("repeated"));
        assertEquals(Set.of("c"), TestNode.await(store.missing(Set.of("a", "b", "c"))));
    }

    @Test
    void entriesWaitForMongoDbButCallersDoNot() throws Exception {
        // given
        int port = mongo.port();
        onLoop(() -> log.record(entry("before")));
        mongo.close();

        // when
        onLoop(() -> log.record(entry("a")));
        onLoop(() -> log.record(entry("b")));
        assertEquals(2, waiting());
        mongo = EmbeddedMongo.start(folder, port);
        Polling.await(() -> counted("written") >= 3);

        // then
        assertEquals(List.of("a", "b", "before"), written());
        assertEquals(0, waiting());
    }

    @ProvokesErrors(AuditLog.class)
    @Test
    void entriesBeyondTheQueueLimitAreDropped() {
        // given
        mongo.close();

        // when
        onLoop(() -> Future.join(IntStream.range(0, 10_005)
                        .mapToObj(i -> log.record(entry("e" + i)))
                        .toList())
                .mapEmpty());

        // then
        assertEquals(5, counted("dropped"));
        assertEquals(10_000, waiting());
    }

    @Test
    void flushWritesAllQueuedEntries() {
        // when
        onLoop(() -> {
            for (int i = 0; i < 1_200; i++) {
                log.record(entry("e" + i));
            }
            return log.flush();
        });

        // then
        assertEquals(1_200, counted("written"));
        assertEquals(0, waiting());
    }

    /** Otherwise an entry that MongoDB rejects permanently would keep its order in the outbox for ever. */
    @ProvokesErrors(AuditStore.class)
    @Test
    void aPermanentlyRejectedEntryIsCountedAndBlocksNoOthers() {
        // given: a foreign unique index
        TestNode.await(client.createIndexWithOptions(
                "audit",
                new JsonObject().put("action", 1),
                new IndexOptions().name("foreign_index").unique(true)));
        TestNode.await(store.append(List.of(entry("a", AuditAction.ORDER_PLACED))));

        // when
        TestNode.await(store.append(List.of(
                entry("a", AuditAction.ORDER_PLACED),
                entry("b", AuditAction.ORDER_PLACED),
                entry("c", AuditAction.ORDER_CANCELLED))));

        // then
        assertEquals(List.of("a", "c"), written());
        assertEquals(1, counted("refused"));
        assertEquals(1, counted("repeated"));
        assertEquals(2, counted("written"));
    }
}
