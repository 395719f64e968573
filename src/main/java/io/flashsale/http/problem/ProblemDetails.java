package io.flashsale.http.problem;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Writes a failure as problem details (RFC 9457). */
public final class ProblemDetails {
    private ProblemDetails() {}

    /** Writes the problem as the response. */
    public static Future<Void> write(HttpServerResponse response, ApiException problem, String requestId) {
        if (problem.retryAfter() != null) {
            long seconds = Math.max(1, (problem.retryAfter().toMillis() + 999) / 1_000);
            response.putHeader("Retry-After", String.valueOf(seconds));
        }
        return response.setStatusCode(problem.error().status())
                .putHeader("Content-Type", "application/problem+json")
                .putHeader("Cache-Control", "no-store")
                .end(body(problem, requestId).toBuffer());
    }

    /** Returns the problem as JSON. */
    public static JsonObject body(ApiException problem, String requestId) {
        ApiError error = problem.error();
        JsonObject json = new JsonObject()
                .put("type", "/docs#" + error.code())
                .put("title", error.title())
                .put("status", error.status())
                .put("detail", problem.getMessage())
                .put("code", error.code())
                .put("requestId", requestId);
        if (!problem.fields().isEmpty()) {
            JsonArray errors = new JsonArray();
            problem.fields()
                    .forEach(named -> errors.add(
                            new JsonObject().put("field", named.field()).put("message", named.message())));
            json.put("errors", errors);
        }
        return json.mergeIn(problem.members());
    }
}
