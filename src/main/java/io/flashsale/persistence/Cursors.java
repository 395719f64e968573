package io.flashsale.persistence;

import io.flashsale.sale.InvalidFieldsException;
import io.flashsale.sale.Page;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.FindOptions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/**
 * Lists in pages, newest first, each page beginning where the last one ended: what is added meanwhile neither shifts nor
 * repeats an item.
 */
final class Cursors {
    private Cursors() {}

    /**
     * Reads a page.
     *
     * @param timeField by which the list is sorted, before the id
     * @param cursor of the page before, or null for the first page
     * @return fails with {@link InvalidFieldsException} for a cursor that was not handed out here
     */
    static <T> Future<Page<T>> page(
            MongoLink mongo,
            String collection,
            JsonObject query,
            String timeField,
            String cursor,
            int limit,
            Function<JsonObject, T> mapper) {
        JsonObject from = query;
        if (cursor != null) {
            try {
                from = new JsonObject()
                        .put(
                                "$and",
                                new JsonArray().add(query).add(decode(cursor).after(timeField)));
            } catch (IllegalArgumentException | java.time.DateTimeException e) {
                return Future.failedFuture(
                        new InvalidFieldsException("cursor", "must be the cursor of the page before, unchanged"));
            }
        }
        // One more than asked for tells whether there is a next page.
        FindOptions options = new FindOptions().setSort(newestFirst(timeField)).setLimit(limit + 1);
        JsonObject filter = from;
        return mongo.call(client -> client.findWithOptions(collection, filter, options))
                .map(found -> {
                    List<JsonObject> shown = found.subList(0, Math.min(limit, found.size()));
                    String next = found.size() > limit ? encode(shown.get(limit - 1), timeField) : null;
                    return new Page<>(shown.stream().map(mapper).toList(), next);
                });
    }

    /** How such lists are sorted. */
    static JsonObject newestFirst(String timeField) {
        return new JsonObject().put(timeField, -1).put("_id", -1);
    }

    private record Position(Instant time, String id) {
        JsonObject after(String timeField) {
            JsonObject older = new JsonObject().put(timeField, new JsonObject().put("$lt", MongoLink.date(time)));
            JsonObject sameTime =
                    new JsonObject().put(timeField, MongoLink.date(time)).put("_id", new JsonObject().put("$lt", id));
            // The first condition says nothing new; by it MongoDB enters the index where the page begins.
            return new JsonObject()
                    .put(timeField, new JsonObject().put("$lte", MongoLink.date(time)))
                    .put("$or", new JsonArray().add(older).add(sameTime));
        }
    }

    private static String encode(JsonObject document, String timeField) {
        String position = MongoLink.instant(document, timeField).toEpochMilli() + ":" + document.getString("_id");
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    private static Position decode(String cursor) {
        String position = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        int colon = position.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("no position in the cursor");
        }
        return new Position(
                Instant.ofEpochMilli(Long.parseLong(position.substring(0, colon))), position.substring(colon + 1));
    }
}
