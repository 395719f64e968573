package io.flashsale.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import de.bwaldvogel.mongo.bson.Document;
import io.flashsale.support.ProvokesErrors;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A read is answered with what is in the file: a write that never came there must not be seen. */
@ProvokesErrors(EmbeddedMongo.class)
class DurableBackendTest {
    private final Channel channel = new EmbeddedChannel();

    @TempDir
    Path folder;

    private FaultyDisk.State disk;
    private DurableBackend backend;

    @BeforeEach
    void open() {
        Path file = folder.resolve("orders.mv");
        disk = FaultyDisk.of(file);
        backend = DurableBackend.open(FaultyDisk.name(file));
        assertTrue(succeeded(insert("kept")));
    }

    @AfterEach
    void close() {
        disk.letGo();
        disk.free();
        backend.close();
    }

    private Document insert(String id) {
        Document command = new Document("insert", "written").append("documents", List.of(new Document("_id", id)));
        return backend.handleCommand(channel, "test", "insert", command);
    }

    private Document find() {
        return backend.handleCommand(channel, "test", "find", new Document("find", "written"));
    }

    private static boolean succeeded(Document reply) {
        return ((Number) reply.get("ok")).intValue() == 1;
    }

    private static Set<Object> found(Document reply) {
        assertTrue(succeeded(reply), reply::toString);
        List<?> batch = (List<?>) ((Document) reply.get("cursor")).get("firstBatch");
        return batch.stream().map(document -> ((Document) document).get("_id")).collect(Collectors.toSet());
    }

    @Test
    void whileTheFileCannotBeOpenedAgainAReadShowsNothingThatIsNotInIt() throws Exception {
        // given: a write that has changed the memory only
        disk.fill(0);
        disk.refuseToOpen();
        assertFalse(succeeded(insert("phantom")));
        int refused = disk.refusedOpens();

        // when: reads, of which two at least try to open the file
        while (disk.refusedOpens() < refused + 2) {
            Document read = find();

            // then
            assertFalse(succeeded(read), read::toString);
            Thread.sleep(5);
        }

        // when
        disk.free();
        Document read = find();
        for (int i = 0; i < 1_500 && !succeeded(read); i++) {
            Thread.sleep(20);
            read = find();
        }

        // then
        assertEquals(Set.of("kept"), found(read));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReadWaitsForTheWriteBesideIt(boolean reachesTheFile) throws Exception {
        // given: a write that has changed the memory, and waits at the disk
        disk.hold();
        CompletableFuture<Document> write = CompletableFuture.supplyAsync(() -> insert("new"));
        disk.awaitHeldWrite();

        // when
        FutureTask<Document> read = new FutureTask<>(this::find);
        Thread reader = new Thread(read, "reader");
        reader.start();
        for (int i = 0; i < 15_000 && !read.isDone() && !waitsInBackend(reader); i++) {
            Thread.sleep(2);
        }

        // then
        assertFalse(read.isDone(), "answered while nobody knew what would become of the write");

        // when
        if (!reachesTheFile) {
            disk.fill(0);
        }
        disk.letGo();

        // then
        assertEquals(reachesTheFile, succeeded(write.get(30, TimeUnit.SECONDS)));
        Document reply = read.get(30, TimeUnit.SECONDS);
        if (reachesTheFile) {
            assertEquals(Set.of("kept", "new"), found(reply));
        } else {
            assertFalse(succeeded(reply), reply::toString);
        }
    }

    private static boolean waitsInBackend(Thread reader) {
        return reader.getState() == Thread.State.WAITING
                && Stream.of(reader.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(DurableBackend.class.getName()));
    }
}
