package io.flashsale.http.message;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Writes successful responses. */
public final class JsonResponses {
    private JsonResponses() {}

    /** Sends JSON; unless the endpoint has set Cache-Control, it must not be cached. */
    public static void json(RoutingContext ctx, int status, JsonObject body) {
        HttpServerResponse response = ctx.response();
        if (!response.headers().contains("Cache-Control")) {
            response.putHeader("Cache-Control", "no-store");
        }
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(body.toBuffer());
    }

    public static void empty(RoutingContext ctx, int status) {
        ctx.response()
                .setStatusCode(status)
                .putHeader("Cache-Control", "no-store")
                .end();
    }

    public static JsonObject page(JsonArray items, String next) {
        return new JsonObject().put("items", items).put("next", next);
    }

    /** Formats a time as ISO 8601 in UTC, always with milliseconds; null stays null. */
    public static String time(Instant time) {
        if (time == null) {
            return null;
        }
        String text = time.truncatedTo(ChronoUnit.MILLIS).toString();
        return text.indexOf('.') < 0 ? text.replace("Z", ".000Z") : text;
    }
}
