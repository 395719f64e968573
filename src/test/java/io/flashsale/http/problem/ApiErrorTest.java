package io.flashsale.http.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ApiErrorTest {
    /** Repeats the codes, on which clients rely, so that renaming a constant fails a test. */
    private static final Map<String, Integer> CONTRACT = Map.ofEntries(
            Map.entry("malformed-request", 400),
            Map.entry("validation-failed", 400),
            Map.entry("idempotency-key-missing", 400),
            Map.entry("idempotency-key-invalid", 400),
            Map.entry("not-authenticated", 401),
            Map.entry("wrong-credentials", 401),
            Map.entry("otp-required", 403),
            Map.entry("otp-invalid", 401),
            Map.entry("forbidden", 403),
            Map.entry("not-found", 404),
            Map.entry("method-not-allowed", 405),
            Map.entry("email-taken", 409),
            Map.entry("sold-out", 409),
            Map.entry("insufficient-stock", 409),
            Map.entry("purchase-limit-reached", 409),
            Map.entry("sale-not-open", 409),
            Map.entry("sale-not-paused", 409),
            Map.entry("order-not-cancellable", 409),
            Map.entry("version-conflict", 412),
            Map.entry("body-too-large", 413),
            Map.entry("uri-too-long", 414),
            Map.entry("unsupported-media-type", 415),
            Map.entry("idempotency-key-reused", 422),
            Map.entry("rate-limited", 429),
            Map.entry("headers-too-large", 431),
            Map.entry("overloaded", 503),
            Map.entry("unavailable", 503),
            Map.entry("internal", 500));

    @Test
    void codesAndStatusesAreStable() {
        Map<String, Integer> codes = new TreeMap<>();
        for (ApiError error : ApiError.values()) {
            codes.put(error.code(), error.status());
        }

        assertEquals(new TreeMap<>(CONTRACT), codes);
    }
}
