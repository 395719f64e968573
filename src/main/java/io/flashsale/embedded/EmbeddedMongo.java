package io.flashsale.embedded;

import de.bwaldvogel.mongo.MongoServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * A MongoDB-wire server in this process, on a file, on the loopback interface.
 *
 * <p>It outlives a disk that is full for a while: see {@link DurableBackend}.
 *
 * <p>It is not MongoDB: see the README for what therefore is not proved on it.
 */
public final class EmbeddedMongo implements AutoCloseable {
    private final MongoServer server;
    private final int port;

    private EmbeddedMongo(MongoServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Starts a server on the file in this folder, on a port that the system chooses. */
    public static EmbeddedMongo start(Path folder) {
        return start(folder, 0);
    }

    /** The same on a port of the caller's; a test brings a server back where it was. */
    public static EmbeddedMongo start(Path folder, int port) {
        return start(folder.resolve("orders.mv").toString(), port);
    }

    /** The same on a file by the name that H2 has for it; a test makes it fail. */
    static EmbeddedMongo start(String fileName, int port) {
        MongoServer server = new MongoServer(open(fileName));
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new EmbeddedMongo(server, server.getLocalAddress().getPort());
    }

    /** What H2 throws is for its authors. */
    private static DurableBackend open(String fileName) {
        try {
            return DurableBackend.open(fileName);
        } catch (RuntimeException e) {
            throw new EmbeddedStoreException(
                    "the embedded MongoDB cannot open " + fileName + " ("
                            + StorageError.of(e).reason()
                            + "); move it away or restore it, or give another folder with DATA_DIR",
                    e);
        }
    }

    /** Where it listens. */
    public String uri() {
        return "mongodb://127.0.0.1:" + port;
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        server.shutdown();
    }
}
