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
 * The MongoDB client with a time-out on every call and one place that tells a duplicate key from an outage.
 *
 * <p>May be shared by all event loops: every answer comes back on the caller's.
 */
public final class MongoGateway {
    private static final Logger LOG = LoggerFactory.getLogger(MongoGateway.class);
    public static final int DUPLICATE_KEY = 11_000;
    private static final int OUT_OF_DISK_SPACE = 14_031;

    /** Holds the document that {@link #probeWrite} writes. */
    private static final String HEALTH = "health";

    private final Settings settings;
    private volatile MongoClient client;
    private volatile boolean closed;

    /**
     * How a link behaves.
     *
     * @param commandTimeout after which a call's outcome counts as unknown
     */
    public record Settings(Duration commandTimeout) {
        private static final Duration LONGEST = Duration.ofHours(1);

        /** Refuses what cannot work. */
        public Settings {
            if (commandTimeout.toMillis() < 1 || commandTimeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("commandTimeout must be 1ms to 1h");
            }
        }
    }

    /** Makes a link that is not open yet: until then every call fails as if MongoDB were away. */
    public MongoGateway(Settings settings) {
        this.settings = settings;
    }

    /**
     * Makes an open link.
     *
     * @param client with majority read and write concern
     */
    public MongoGateway(MongoClient client, Settings settings) {
        this(settings);
        this.client = client;
    }

    /**
     * Makes the client, on a worker thread: of a {@code mongodb+srv://} address the driver reads the options from DNS first.
     * It connects later, by itself.
     *
     * @param config with the connection string, of majority read and write concern, and the database
     * @return fails with {@link StoreUnavailableException} where DNS does not answer, to be tried again; completes at once
     *     where the link is open already
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
        // Parsed once more than needed: a client that cannot be made leaves something behind in Vert.x' shared data.
        ConnectionString parsed = new ConnectionString(config.getString("connection_string"));
        LOG.atDebug().addKeyValue("hosts", parsed.getHosts()).log("MongoDB client created");
        return MongoClient.create(vertx, config);
    }

    /** Closes the client for good; what is under way fails. */
    public Future<Void> close() {
        closed = true;
        return client == null ? Future.succeededFuture() : client.close();
    }

    /**
     * Calls MongoDB.
     *
     * @return fails with {@link StoreUnavailableException} on time-out and outage; a duplicate key stays what it is, see
     *     {@link #isDuplicateKey}
     */
    public <T> Future<T> call(Function<MongoClient, Future<T>> command) {
        MongoClient opened = client;
        if (opened == null) {
            return Future.failedFuture(new StoreUnavailableException("no client for MongoDB yet"));
        }
        // A client that throws, since it is closed perhaps, has failed: callers keep count of what is under way.
        return Futures.attempt(() -> command.apply(opened))
                .timeout(settings.commandTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(classify(failure)));
    }

    /**
     * Reads what may be too much to hold.
     *
     * @return nothing is read before it has a handler; {@code handler(null)} ends it, in MongoDB too
     */
    public ReadStream<JsonObject> stream(Function<MongoClient, ReadStream<JsonObject>> query) {
        return query.apply(client);
    }

    /** Makes sure that a unique index stands; a node is not ready before it does. */
    public Future<Void> ensureUniqueIndex(String collection, String name, JsonObject fields, boolean sparse) {
        IndexOptions options = new IndexOptions().name(name).unique(true).sparse(sparse);
        return call(mongo -> mongo.createIndexWithOptions(collection, fields, options));
    }

    /** Makes sure that an index which only speeds queries up stands. */
    public Future<Void> ensureIndex(String collection, String name, JsonObject fields) {
        return call(mongo -> mongo.createIndexWithOptions(collection, fields, new IndexOptions().name(name)));
    }

    /**
     * Whether MongoDB takes a write: one that a majority has to have, of the one document of a small collection. A server
     * whose disk is full, or a primary that has lost its majority, answers a ping.
     *
     * @return fails with {@link StoreUnavailableException} where it does not
     */
    public Future<Void> probeWrite() {
        JsonObject update = new JsonObject().put("$inc", new JsonObject().put("writes", 1L));
        UpdateOptions upsert = new UpdateOptions().setUpsert(true).setWriteOption(WriteOption.MAJORITY);
        return call(mongo ->
                        mongo.updateCollectionWithOptions(HEALTH, new JsonObject().put("_id", "probe"), update, upsert))
                // Two nodes made the document at once, so it can be written.
                .recover(failure -> isDuplicateKey(failure) ? Future.succeededFuture() : Future.failedFuture(failure))
                .mapEmpty();
    }

    /** Whether a unique index refused the write, whichever it was. */
    public static boolean isDuplicateKey(Throwable failure) {
        return (failure instanceof MongoWriteException write
                        && write.getError().getCategory() == ErrorCategory.DUPLICATE_KEY)
                || (failure instanceof MongoException mongo && mongo.getCode() == DUPLICATE_KEY);
    }

    /** A time as MongoDB's client takes it. */
    public static JsonObject date(Instant time) {
        return new JsonObject().put("$date", time.toString());
    }

    /** A time as MongoDB's client gives it, or null. */
    public static Instant instant(JsonObject document, String field) {
        JsonObject date = document.getJsonObject(field);
        return date == null ? null : Instant.parse(date.getString("$date"));
    }

    public static Throwable classify(Throwable failure) {
        if (isDuplicateKey(failure) || failure instanceof MongoBulkWriteException) {
            return failure;
        }
        if (failure instanceof MongoCommandException refused) {
            return refused(refused);
        }
        return new StoreUnavailableException(failure.getClass().getSimpleName() + ": " + failure.getMessage());
    }

    private static StoreUnavailableException refused(MongoCommandException refused) {
        // A full disk refuses every write, and the health of the stores tells of it once.
        Level level = refused.getErrorCode() == OUT_OF_DISK_SPACE ? Level.DEBUG : Level.WARN;
        LOG.atLevel(level).addKeyValue("code", refused.getErrorCode()).log("MongoDB refused a command");
        return new StoreUnavailableException("MongoDB refused it with " + refused.getErrorCode() + " "
                + refused.getErrorCodeName() + ": " + refused.getErrorMessage());
    }
}
