package io.flashsale.persistence.audit;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import io.flashsale.domain.Page;
import io.flashsale.persistence.KeysetPagination;
import io.flashsale.persistence.MongoGateway;
import io.flashsale.persistence.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.BulkOperation;
import io.vertx.ext.mongo.BulkWriteOptions;
import io.vertx.ext.mongo.FindOptions;
import io.vertx.ext.mongo.WriteOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The audit log in MongoDB: entries are added, by the id of their event, and never changed. */
public final class AuditStore {
    private static final Logger LOG = LoggerFactory.getLogger(AuditStore.class);
    private static final String COLLECTION = "audit";
    private static final BulkWriteOptions UNORDERED_MAJORITY =
            new BulkWriteOptions().setOrdered(false).setWriteOption(WriteOption.MAJORITY);

    /**
     * Which entries are asked for.
     *
     * @param action or null for any
     * @param actor or null for any
     * @param subject or null for any
     */
    public record Filter(AuditAction action, String actor, String subject) {}

    private final MongoGateway mongo;
    private final AuditMetrics metrics;

    /** Makes a store. */
    public AuditStore(MongoGateway mongo, AuditMetrics metrics) {
        this.mongo = mongo;
        this.metrics = metrics;
    }

    /** The indexes that make each filter of the list fast. */
    public Future<Void> ensureIndexes() {
        return mongo.ensureIndex(COLLECTION, "newest_first", newestFirst(new JsonObject()))
                .compose(done -> mongo.ensureIndex(COLLECTION, "of_an_action", newestFirst("action")))
                .compose(done -> mongo.ensureIndex(COLLECTION, "of_an_actor", newestFirst("actor")))
                .compose(done -> mongo.ensureIndex(COLLECTION, "of_a_subject", newestFirst("subject")));
    }

    private static JsonObject newestFirst(String field) {
        return newestFirst(new JsonObject().put(field, 1));
    }

    private static JsonObject newestFirst(JsonObject fields) {
        return fields.put("at", -1).put("_id", -1);
    }

    /**
     * Adds entries; what is there already stays as it is.
     *
     * <p>An entry that MongoDB refuses for good, a validator's doing perhaps, must not stand in the way of a sale: it goes to
     * the program's log and is counted.
     *
     * @return fails with {@link StoreUnavailableException} where MongoDB did not say that a majority has all of them: to
     *     be tried again, since a repetition is idle
     */
    public Future<Void> append(List<AuditEntry> entries) {
        if (entries.isEmpty()) {
            return Future.succeededFuture();
        }
        List<BulkOperation> inserts = entries.stream()
                .map(AuditStore::toDocument)
                .map(BulkOperation::createInsert)
                .toList();
        return mongo.call(client -> client.bulkWriteWithOptions(COLLECTION, inserts, UNORDERED_MAJORITY))
                .<Void>mapEmpty()
                .onSuccess(done -> metrics.written(entries.size()))
                .recover(failure -> explain(entries, failure));
    }

    private Future<Void> explain(List<AuditEntry> entries, Throwable failure) {
        if (!(failure instanceof MongoBulkWriteException partial)) {
            return Future.failedFuture(failure);
        }
        if (partial.getWriteConcernError() != null) {
            return Future.failedFuture(new StoreUnavailableException("no majority took the audit entries"));
        }
        Map<String, AuditEntry> doubted = new HashMap<>();
        for (BulkWriteError error : partial.getWriteErrors()) {
            AuditEntry entry = entries.get(error.getIndex());
            if (error.getCode() == MongoGateway.DUPLICATE_KEY) {
                doubted.put(entry.id(), entry);
            } else {
                refused(entry, error.getCode());
            }
        }
        metrics.written(entries.size() - partial.getWriteErrors().size());
        return doubted.isEmpty() ? Future.succeededFuture() : readBack(doubted);
    }

    /** A duplicate key is a repetition only if the entry is there: the index may be somebody else's. */
    private Future<Void> readBack(Map<String, AuditEntry> doubted) {
        return missing(doubted.keySet()).map(missing -> {
            missing.forEach(id -> refused(doubted.get(id), MongoGateway.DUPLICATE_KEY));
            metrics.repeated(doubted.size() - missing.size());
            return null;
        });
    }

    private void refused(AuditEntry entry, int code) {
        metrics.refused();
        LOG.atError()
                .addKeyValue("entry", entry)
                .addKeyValue("code", code)
                .log("MongoDB refused an entry of the audit log");
    }

    /** Which of these events have no entry. */
    public Future<Set<String>> missing(Set<String> ids) {
        JsonObject query = new JsonObject().put("_id", new JsonObject().put("$in", new JsonArray(List.copyOf(ids))));
        FindOptions onlyIds = new FindOptions().setFields(new JsonObject().put("_id", 1));
        return mongo.call(client -> client.findWithOptions(COLLECTION, query, onlyIds))
                .map(found -> {
                    Set<String> missing = new HashSet<>(ids);
                    found.forEach(document -> missing.remove(document.getString("_id")));
                    return missing;
                });
    }

    /** Entries, newest first. */
    public Future<Page<AuditEntry>> list(Filter filter, String cursor, int limit) {
        JsonObject query = new JsonObject();
        if (filter.action() != null) {
            query.put("action", filter.action().wireName());
        }
        if (filter.actor() != null) {
            query.put("actor", filter.actor());
        }
        if (filter.subject() != null) {
            query.put("subject", filter.subject());
        }
        return KeysetPagination.page(mongo, COLLECTION, query, "at", cursor, limit, AuditStore::toEntry);
    }

    private static JsonObject toDocument(AuditEntry entry) {
        return new JsonObject()
                .put("_id", entry.id())
                .put("at", MongoGateway.date(entry.at()))
                .put("action", entry.action().wireName())
                .put("actor", entry.actor())
                .put("subject", entry.subject())
                .put("outcome", entry.outcome())
                .put("details", entry.details());
    }

    private static AuditEntry toEntry(JsonObject document) {
        return new AuditEntry(
                document.getString("_id"),
                MongoGateway.instant(document, "at"),
                AuditAction.ofWireName(document.getString("action")).orElseThrow(),
                document.getString("actor"),
                document.getString("subject"),
                document.getString("outcome"),
                document.getJsonObject("details"));
    }
}
