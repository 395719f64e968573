package io.flashsale.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCommandException;
import io.flashsale.server.TestNode;
import io.flashsale.support.ProvokesErrors;
import io.flashsale.support.TestStores;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.h2.mvstore.MVStoreTool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded MongoDB-wire server on a disk that refuses writes for a while. */
@ProvokesErrors(EmbeddedMongo.class)
class DurableBackendIT {
    private static final int OUT_OF_DISK_SPACE = 14_031;

    private Path folder;
    private Path file;
    private FaultyDisk.State disk;
    private Vertx vertx;
    private EmbeddedMongo mongo;
    private MongoClient client;
    private final List<String> acknowledged = new ArrayList<>();

    @BeforeEach
    void start() {
        folder = TestStores.temporaryFolder();
        file = folder.resolve("orders.mv");
        disk = FaultyDisk.of(file);
        vertx = Vertx.vertx();
        open();
    }

    private void open() {
        mongo = FaultyDisk.startMongo(file);
        client = MongoClient.create(
                vertx, new JsonObject().put("connection_string", mongo.uri()).put("db_name", "test"));
    }

    private void close() {
        TestNode.await(client.close());
        mongo.close();
    }

    @AfterEach
    void stop() {
        disk.free();
        close();
        TestNode.await(vertx.close());
        TestStores.delete(folder);
    }

    private Future<String> insert(String id) {
        JsonObject document = new JsonObject().put("_id", id).put("text", "x".repeat(500));
        return client.insert("written", document).map(id);
    }

    private void insertAll(int count) {
        for (int i = 0; i < count; i++) {
            acknowledged.add(TestNode.await(insert("d" + acknowledged.size())));
        }
    }

    private Throwable refused(Future<String> write) {
        return TestNode.await(write.map((Throwable) null).recover(Future::succeededFuture));
    }

    private Set<String> found() {
        Set<String> ids = new HashSet<>();
        TestNode.await(client.find("written", new JsonObject()))
                .forEach(document -> ids.add(document.getString("_id")));
        return ids;
    }

    private void insertPatiently(String id) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            if (refused(insert(id)) == null) {
                acknowledged.add(id);
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("it takes no writes any more");
    }

    /** What reaches the file of the write that fails: nothing, half of it, all of it without the caller knowing. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1})
    void aDiskThatWasFullForAWhileCostsNothingThatWasAcknowledged(double reachesTheFile) throws Exception {
        // given
        insertAll(300);

        // when
        disk.fill(reachesTheFile);
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            failures.add(refused(insert("refused-" + i)));
        }
        Set<String> readable = found();

        // then
        for (Throwable failure : failures) {
            assertEquals(
                    OUT_OF_DISK_SPACE,
                    assertInstanceOf(MongoCommandException.class, failure).getErrorCode());
        }
        assertTrue(readable.containsAll(acknowledged), "reads go on");

        // when
        disk.free();
        insertPatiently("after");
        insertAll(50);

        // then
        Set<String> healed = found();
        assertTrue(healed.containsAll(acknowledged));
        close();
        open();
        assertEquals(healed, found(), "the file says the same to the next process");
    }

    @Test
    void aDiskThatFillsAgainAndAgainIsOutlived() throws Exception {
        for (int round = 0; round < 8; round++) {
            // when
            insertAll(20);
            disk.fill(round / 8.0);
            refused(insert("refused-" + round));
            disk.free();
            insertPatiently("after-" + round);

            // then
            List<String> missing = new ArrayList<>(acknowledged);
            missing.removeAll(found());
            assertEquals(List.of(), missing, "round " + round);
        }
    }

    @Test
    void whatAFailedWriteChangedInMemoryIsGone() throws Exception {
        // given
        insertAll(1);
        JsonObject query = new JsonObject().put("_id", "d0");

        // when
        disk.fill(0);
        JsonObject change = new JsonObject().put("$set", new JsonObject().put("text", "changed"));
        Throwable failure =
                refused(client.updateCollection("written", query, change).map("changed"));
        disk.free();
        insertPatiently("after");

        // then
        assertInstanceOf(MongoCommandException.class, failure);
        JsonObject document = TestNode.await(client.findOne("written", query, null));
        assertEquals("x".repeat(500), document.getString("text"));
    }

    @Test
    void theServerStopsOnAFullDisk() {
        // given
        insertAll(10);
        disk.fill(0.5);
        refused(insert("refused"));

        // when
        close();

        // then
        disk.free();
        open();
        assertTrue(found().containsAll(acknowledged));
    }

    @Test
    void theFileStaysWithinAFewTimesOfWhatItHolds() throws Exception {
        // when
        for (int i = 0; i < 3_000; i++) {
            TestNode.await(insert(Long.toString(Long.reverse(i * 0x9E3779B97F4A7C15L), 36)));
        }
        long grown = Files.size(file);

        // then
        close();
        Path copy = folder.resolve("compacted.mv");
        MVStoreTool.compact(file.toString(), copy.toString(), false);
        long compacted = Files.size(copy);
        open();
        assertTrue(grown < 3.7 * compacted, grown + " bytes hold " + compacted);
    }

    @Test
    void aFileThatWasCreatedOnAFullDiskIsNoHindrance() throws Exception {
        // given
        close();
        Files.write(file, new byte[4_096]);

        // when
        open();

        // then
        insertAll(1);
        assertEquals(Set.copyOf(acknowledged), found());
    }
}
