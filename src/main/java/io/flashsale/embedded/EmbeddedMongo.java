package io.flashsale.embedded;

import de.bwaldvogel.mongo.MongoServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * Runs a MongoDB-wire server in this process, backed by a file, on the loopback interface.
 *
 * <p>It survives a disk that is temporarily full: see {@link DurableBackend}.
 *
 * <p>It is not MongoDB: the README lists what it therefore cannot prove.
 */
public final class EmbeddedMongo implements AutoCloseable {
    private final MongoServer server;
    private final int port;

    private EmbeddedMongo(MongoServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Starts a server on the data file in this folder, on a port that the system chooses. */
    public static EmbeddedMongo start(Path folder) {
        return start(folder, 0);
    }

    /** Starts a server on a given port. Tests use it to restart a server at its old address. */
    public static EmbeddedMongo start(Path folder, int port) {
        return start(folder.resolve("orders.mv").toString(), port);
    }

    /** Starts a server on a file with an H2 file name. Tests use it to make the file fail. */
    static EmbeddedMongo start(String fileName, int port) {
        MongoServer server = new MongoServer(open(fileName));
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new EmbeddedMongo(server, server.getLocalAddress().getPort());
    }

    /** Opens the file, and replaces H2's exception by one with a message for operators. */
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

    /** Returns the connection string of the server. */
    public String uri() {
        return "mongodb://127.0.0.1:" + port;
    }

    /** Returns the port on which the server listens. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        server.shutdown();
    }
}
