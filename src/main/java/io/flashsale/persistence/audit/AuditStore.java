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

/** Stores the audit log in MongoDB. Entries are keyed by the id of their event and never changed. */
public final class AuditStore {
    private static final Logger LOG = LoggerFactory.getLogger(AuditStore.class);
    private static final String COLLECTION = "audit";
    private static final BulkWriteOptions UNORDERED_MAJORITY =
            new BulkWriteOptions().setOrdered(false).setWriteOption(WriteOption.MAJORITY);

    /**
     * Selects entries of the log.
     *
     * @param action or null for any
     * @param actor or null for any
     * @param subject or null for any
     */
    public record Filter(AuditAction action, String actor, String subject) {}

    private final MongoGateway mongo;
    private final AuditMetrics metrics;

    /** Creates a store. */
    public AuditStore(MongoGateway mongo, AuditMetrics metrics) {
        this.mongo = mongo;
        this.metrics = metrics;
    }

    /** Creates the indexes that make each filter of the list fast. */
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
     * Adds entries. Entries that already exist stay unchanged.
     *
     * <p>An entry that MongoDB rejects permanently, for example by a validator, must not block a sale: it goes to the
     * application log and is counted.
     *
     * @return fails with {@link StoreUnavailableException} if MongoDB did not confirm that a majority holds all
     *     entries; a retry is safe, because repeated entries are ignored
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
                .recover(failure -> classifyErrors(entries, failure));
    }

    private Future<Void> classifyErrors(List<AuditEntry> entries, Throwable failure) {
        if (!(failure instanceof MongoBulkWriteException partial)) {
            return Future.failedFuture(failure);
        }
        if (partial.getWriteConcernError() != null) {
            return Future.failedFuture(new StoreUnavailableException("no majority acknowledged the audit entries"));
        }
        Map<String, AuditEntry> duplicates = new HashMap<>();
        for (BulkWriteError error : partial.getWriteErrors()) {
            AuditEntry entry = entries.get(error.getIndex());
            if (error.getCode() == MongoGateway.DUPLICATE_KEY) {
                duplicates.put(entry.id(), entry);
            } else {
                rejected(entry, error.getCode());
            }
        }
        metrics.written(entries.size() - partial.getWriteErrors().size());
        return duplicates.isEmpty() ? Future.succeededFuture() : readBack(duplicates);
    }

    /** Reads duplicates back: the key may belong to a foreign unique index, and then the entry is missing. */
    private Future<Void> readBack(Map<String, AuditEntry> duplicates) {
        return missing(duplicates.keySet()).map(missing -> {
            missing.forEach(id -> rejected(duplicates.get(id), MongoGateway.DUPLICATE_KEY));
            metrics.repeated(duplicates.size() - missing.size());
            return null;
        });
    }

    private void rejected(AuditEntry entry, int code) {
        metrics.refused();
        LOG.atError().addKeyValue("entry", entry).addKeyValue("code", code).log("audit entry rejected by MongoDB");
    }

    /** Returns those of these event ids that have no entry. */
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

    /** Lists entries, newest first. */
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
