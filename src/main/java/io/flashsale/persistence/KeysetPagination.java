package io.flashsale.persistence;

import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.domain.Page;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.FindOptions;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/**
 * Lists in pages, newest first, each page beginning where the last one ended: what is added meanwhile neither shifts nor
 * repeats an item.
 */
public final class KeysetPagination {
    private KeysetPagination() {}

    /**
     * Reads a page.
     *
     * @param timeField by which the list is sorted, before the id
     * @param cursor of the page before, or null for the first page
     * @return fails with {@link InvalidFieldsException} for a cursor that was not handed out here
     */
    public static <T> Future<Page<T>> page(
            MongoGateway mongo,
            String collection,
            JsonObject query,
            String timeField,
            String cursor,
            int limit,
            Function<JsonObject, T> mapper) {
        JsonObject filter = query;
        if (cursor != null) {
            try {
                JsonArray both = new JsonArray().add(query).add(decode(cursor).after(timeField));
                filter = new JsonObject().put("$and", both);
            } catch (InvalidFieldsException e) {
                return Future.failedFuture(e);
            }
        }
        JsonObject from = filter;
        // One more than asked for tells whether there is a next page.
        FindOptions options = new FindOptions().setSort(newestFirst(timeField)).setLimit(limit + 1);
        return mongo.call(client -> client.findWithOptions(collection, from, options))
                .map(found -> {
                    List<JsonObject> shown = found.subList(0, Math.min(limit, found.size()));
                    JsonObject last = found.size() > limit ? shown.get(limit - 1) : null;
                    String next =
                            last == null ? null : encode(MongoGateway.instant(last, timeField), last.getString("_id"));
                    return new Page<>(shown.stream().map(mapper).toList(), next);
                });
    }

    /** How such lists are sorted. */
    public static JsonObject newestFirst(String timeField) {
        return new JsonObject().put(timeField, -1).put("_id", -1);
    }

    /** A place in such a list: the item that the page before ended with. */
    public record Position(Instant time, String id) {
        JsonObject after(String timeField) {
            JsonObject older = new JsonObject().put(timeField, new JsonObject().put("$lt", MongoGateway.date(time)));
            JsonObject sameTime = new JsonObject()
                    .put(timeField, MongoGateway.date(time))
                    .put("_id", new JsonObject().put("$lt", id));
            // The first condition says nothing new; by it MongoDB enters the index where the page begins.
            return new JsonObject()
                    .put(timeField, new JsonObject().put("$lte", MongoGateway.date(time)))
                    .put("$or", new JsonArray().add(older).add(sameTime));
        }
    }

    public static String encode(Instant time, String id) {
        String position = time.toEpochMilli() + ":" + id;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a cursor.
     *
     * @throws InvalidFieldsException for one that was not handed out here
     */
    public static Position decode(String cursor) {
        try {
            String position = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            int colon = position.indexOf(':');
            Instant time = Instant.ofEpochMilli(Long.parseLong(position.substring(0, Math.max(0, colon))));
            return new Position(time, position.substring(colon + 1));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new InvalidFieldsException("cursor", "must be the cursor of the page before, unchanged");
        }
    }
}
