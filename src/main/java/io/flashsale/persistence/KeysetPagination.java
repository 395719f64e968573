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
 * Reads lists in pages, newest first. Each page begins where the previous one ended, so items added meanwhile neither
 * shift nor repeat an item.
 */
public final class KeysetPagination {
    private KeysetPagination() {}

    /**
     * Reads a page.
     *
     * @param timeField the first sort field; the id is the second
     * @param cursor the cursor that came with the previous page, or null for the first page
     * @return the page; fails with {@link InvalidFieldsException} for a cursor that this class did not encode
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
        // One extra item shows whether there is a next page.
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

    /** Returns the sort order of such lists. */
    public static JsonObject newestFirst(String timeField) {
        return new JsonObject().put(timeField, -1).put("_id", -1);
    }

    /** The position in such a list of the last item of a page. */
    public record Position(Instant time, String id) {
        JsonObject after(String timeField) {
            JsonObject older = new JsonObject().put(timeField, new JsonObject().put("$lt", MongoGateway.date(time)));
            JsonObject sameTime = new JsonObject()
                    .put(timeField, MongoGateway.date(time))
                    .put("_id", new JsonObject().put("$lt", id));
            // The first condition is redundant, but lets MongoDB start its index scan where the page begins.
            return new JsonObject()
                    .put(timeField, new JsonObject().put("$lte", MongoGateway.date(time)))
                    .put("$or", new JsonArray().add(older).add(sameTime));
        }
    }

    /** Encodes the position after the item with this time and id as an opaque cursor. */
    public static String encode(Instant time, String id) {
        String position = time.toEpochMilli() + ":" + id;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a cursor.
     *
     * @throws InvalidFieldsException for a cursor that {@link #encode} did not produce
     */
    public static Position decode(String cursor) {
        try {
            String position = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            int colon = position.indexOf(':');
            Instant time = Instant.ofEpochMilli(Long.parseLong(position.substring(0, Math.max(0, colon))));
            return new Position(time, position.substring(colon + 1));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new InvalidFieldsException("cursor", "must be the cursor of the previous page, unchanged");
        }
    }
}
