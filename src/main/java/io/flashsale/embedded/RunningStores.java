package io.flashsale.embedded;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Holds the addresses of the embedded stores of a running server, so that a command can inspect a live sale.
 *
 * @param redisUri the address of Redis, including its password
 * @param mongoUri the address of the MongoDB-wire server
 */
public record RunningStores(String redisUri, String mongoUri) {
    private static final String FILE = "stores.properties";

    static void record(Path folder, String redisUri, String mongoUri) {
        Properties stores = new Properties();
        stores.setProperty("redis", redisUri);
        stores.setProperty("mongodb", mongoUri);
        try {
            StringWriter text = new StringWriter();
            stores.store(text, null);
            Secrets.write(folder.resolve(FILE), ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new EmbeddedStoreException(
                    "cannot write " + folder.resolve(FILE) + " (" + FolderProbe.explain(e) + ")", e);
        }
    }

    /**
     * Reads the addresses of the stores that a running server keeps in this folder.
     *
     * @throws EmbeddedStoreException if no server was started there
     */
    public static RunningStores find(Path folder) {
        try {
            Properties stores = new Properties();
            stores.load(new StringReader(Files.readString(folder.resolve(FILE))));
            return new RunningStores(stores.getProperty("redis"), stores.getProperty("mongodb"));
        } catch (IOException e) {
            throw new EmbeddedStoreException(
                    "no server was started on " + folder
                            + "; set DATA_DIR to the folder of a running server, or set REDIS_URI and MONGODB_URI",
                    e);
        }
    }

    /** Omits the password. */
    @Override
    public String toString() {
        return "RunningStores[" + mongoUri + "]";
    }
}
