package io.flashsale.persistence;

import com.mongodb.ConnectionString;
import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoWriteException;
import io.flashsale.async.Futures;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import io.vertx.ext.mongo.IndexOptions;
import io.vertx.ext.mongo.MongoClient;
import io.vertx.ext.mongo.UpdateOptions;
import io.vertx.ext.mongo.WriteOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Wraps the MongoDB client: every call has a timeout, and one place distinguishes a duplicate key from an outage.
 *
 * <p>All event loops may share one gateway. Results arrive on the caller's event loop.
 */
public final class MongoGateway {
    private static final Logger LOG = LoggerFactory.getLogger(MongoGateway.class);
    public static final int DUPLICATE_KEY = 11_000;
    private static final int OUT_OF_DISK_SPACE = 14_031;

    /** The collection of the document that {@link #probeWrite} writes. */
    private static final String HEALTH = "health";

    private final Settings settings;
    private volatile MongoClient client;
    private volatile boolean closed;

    /**
     * Configures the gateway.
     *
     * @param commandTimeout how long to wait for a reply before the outcome of a call counts as unknown
     */
    public record Settings(Duration commandTimeout) {
        private static final Duration LONGEST = Duration.ofHours(1);

        /** Rejects values out of range. */
        public Settings {
            if (commandTimeout.toMillis() < 1 || commandTimeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("commandTimeout must be 1ms to 1h");
            }
        }
    }

    /** Creates a gateway that is not open yet. Until {@link #open} completes, every call fails as in an outage. */
    public MongoGateway(Settings settings) {
        this.settings = settings;
    }

    /**
     * Creates an open gateway.
     *
     * @param client a client with majority read and write concern
     */
    public MongoGateway(MongoClient client, Settings settings) {
        this(settings);
        this.client = client;
    }

    /**
     * Creates the client. This runs on a worker thread, because for a {@code mongodb+srv://} address the driver first
     * reads options from DNS. The client connects later, on its own.
     *
     * @param config the database and the connection string, with majority read and write concern
     * @return completes at once if the gateway is already open; fails with {@link StoreUnavailableException} if DNS
     *     does not answer, and may then be retried
     */
    public Future<Void> open(Vertx vertx, JsonObject config) {
        if (client != null) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(() -> create(vertx, config), false)
                .recover(
                        failure -> Future.failedFuture(failure instanceof MongoException ? classify(failure) : failure))
                .compose(created -> {
                    client = created;
                    return closed ? created.close() : Future.succeededFuture();
                });
    }

    private static MongoClient create(Vertx vertx, JsonObject config) {
        // Parsing first rejects a wrong address: a failed client creation would leave an entry in Vert.x' shared data.
        ConnectionString parsed = new ConnectionString(config.getString("connection_string"));
        LOG.atDebug().addKeyValue("hosts", parsed.getHosts()).log("MongoDB client created");
        return MongoClient.create(vertx, config);
    }

    /** Closes the client for good. Calls in flight fail. */
    public Future<Void> close() {
        closed = true;
        return client == null ? Future.succeededFuture() : client.close();
    }

    /**
     * Calls MongoDB.
     *
     * @return fails with {@link StoreUnavailableException} on timeout and outage; a duplicate-key error passes through
     *     unchanged, see {@link #isDuplicateKey}
     */
    public <T> Future<T> call(Function<MongoClient, Future<T>> command) {
        MongoClient opened = client;
        if (opened == null) {
            return Future.failedFuture(new StoreUnavailableException("the MongoDB client is not open yet"));
        }
        // A client that throws, for example because it is closed, must fail the future: callers count calls in flight.
        return Futures.attempt(() -> command.apply(opened))
                .timeout(settings.commandTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(classify(failure)));
    }

    /**
     * Streams a result that may be too large for memory.
     *
     * @return a stream that reads nothing before it has a handler; {@code handler(null)} also closes the cursor in
     *     MongoDB
     */
    public ReadStream<JsonObject> stream(Function<MongoClient, ReadStream<JsonObject>> query) {
        return query.apply(client);
    }

    /** Creates a unique index unless it exists. A node is not ready before its unique indexes exist. */
    public Future<Void> ensureUniqueIndex(String collection, String name, JsonObject fields, boolean sparse) {
        IndexOptions options = new IndexOptions().name(name).unique(true).sparse(sparse);
        return call(mongo -> mongo.createIndexWithOptions(collection, fields, options));
    }

    /** Creates an index that only speeds up queries, unless it exists. */
    public Future<Void> ensureIndex(String collection, String name, JsonObject fields) {
        return call(mongo -> mongo.createIndexWithOptions(collection, fields, new IndexOptions().name(name)));
    }

    /**
     * Checks that MongoDB accepts writes, by a majority write to the single document of a small collection. A ping is
     * not enough: a server whose disk is full and a primary that has lost its majority still answer it.
     *
     * @return fails with {@link StoreUnavailableException} if the write is not accepted
     */
    public Future<Void> probeWrite() {
        JsonObject update = new JsonObject().put("$inc", new JsonObject().put("writes", 1L));
        UpdateOptions upsert = new UpdateOptions().setUpsert(true).setWriteOption(WriteOption.MAJORITY);
        return call(mongo ->
                        mongo.updateCollectionWithOptions(HEALTH, new JsonObject().put("_id", "probe"), update, upsert))
                // Another node inserted the document at the same time, so MongoDB accepts writes.
                .recover(failure -> isDuplicateKey(failure) ? Future.succeededFuture() : Future.failedFuture(failure))
                .mapEmpty();
    }

    /** Returns whether any unique index rejected the write. */
    public static boolean isDuplicateKey(Throwable failure) {
        return (failure instanceof MongoWriteException write
                        && write.getError().getCategory() == ErrorCategory.DUPLICATE_KEY)
                || (failure instanceof MongoException mongo && mongo.getCode() == DUPLICATE_KEY);
    }

    /** Converts a time to the form that the MongoDB client expects. */
    public static JsonObject date(Instant time) {
        return new JsonObject().put("$date", time.toString());
    }

    /** Reads a time in the form that the MongoDB client returns; null if the field is missing. */
    public static Instant instant(JsonObject document, String field) {
        JsonObject date = document.getJsonObject(field);
        return date == null ? null : Instant.parse(date.getString("$date"));
    }

    /** Maps every failure except duplicate keys and bulk-write errors to {@link StoreUnavailableException}. */
    public static Throwable classify(Throwable failure) {
        if (isDuplicateKey(failure) || failure instanceof MongoBulkWriteException) {
            return failure;
        }
        if (failure instanceof MongoCommandException rejected) {
            return rejected(rejected);
        }
        return new StoreUnavailableException(failure.getClass().getSimpleName() + ": " + failure.getMessage());
    }

    private static StoreUnavailableException rejected(MongoCommandException rejected) {
        // A full disk fails every write, and the store health check reports it once.
        Level level = rejected.getErrorCode() == OUT_OF_DISK_SPACE ? Level.DEBUG : Level.WARN;
        LOG.atLevel(level).addKeyValue("code", rejected.getErrorCode()).log("MongoDB rejected a command");
        return new StoreUnavailableException("MongoDB rejected the command with error " + rejected.getErrorCode() + " "
                + rejected.getErrorCodeName() + ": " + rejected.getErrorMessage());
    }
}
