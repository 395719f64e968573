package io.flashsale.http.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.FieldError;
import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestJsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "null",
                "5",
                "\"{}\"",
                "{",
                "}",
                "{} {}",
                "{}x",
                " ",
                "{'a':1}",
                "{a:1}",
                "{\"a\":1,}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":+1}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":{\"b\":1,\"b\":2}}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":\"\\udc00\\ud800\"}",
                "{\"\\ud800\":1}",
                "{/* */\"a\":1}",
                "\ufeff{}",
                "{\"a\":[[[[[[[[1]]]]]]]]}"
            })
    void rejectsInvalidObjects(String text) {
        ApiException refused = assertThrows(ApiException.class, () -> json(text));

        assertEquals(ApiError.MALFORMED_REQUEST, refused.error());
    }

    @ParameterizedTest
    @ValueSource(ints = {0xff, 0xc0, 0x80, 0xed})
    void rejectsInvalidUtf8(int octet) {
        Buffer body = Buffer.buffer("{\"a\":\"").appendByte((byte) octet).appendString("\"}");

        ApiException refused = assertThrows(ApiException.class, () -> RequestJson.of(body));

        assertEquals("the body is not valid UTF-8", refused.getMessage());
    }

    @Test
    void neverRepeatsInvalidInput() {
        ApiException refused = assertThrows(ApiException.class, () -> json("{\"password\":hunter2}"));

        assertTrue(!refused.getMessage().contains("hunter2"), refused.getMessage());
    }

    @Test
    void readsEachType() {
        RequestJson json =
                json("{\"t\":\"\\ud83d\\ude00\",\"i\":-3,\"b\":true,\"at\":\"2026-01-01T02:00:00.1239+02:00\"}");

        assertEquals("\ud83d\ude00", json.text("t"));
        assertEquals(-3L, json.integer("i"));
        assertEquals(true, json.bool("b"));
        assertEquals(Instant.parse("2026-01-01T00:00:00.123Z"), json.time("at"));
        json.check();
    }

    @Test
    void aMissingBodyIsAnObjectWithoutFields() {
        RequestJson json = RequestJson.of((Buffer) null);

        assertNull(json.integer("quantity"));
        json.check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"5\"", "5.0", "5e0", "true", "[5]", "{}", "null"})
    void convertsNoOtherTypeToAnInteger(String value) {
        RequestJson json = json("{\"quantity\":" + value + "}");

        assertNull(json.integer("quantity"));

        assertEquals(List.of(new FieldError("quantity", "must be an integer")), malformed(json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1099511627776", "-1099511627776", "99999999999999999999999999"})
    void anIntegerBeyondALongIsStillAnInteger(String value) {
        RequestJson json = json("{\"stock\":" + value + "}");

        assertTrue(json.smallInteger("stock") < 0);
        json.check();
    }

    @Test
    void namesEveryUnknownField() {
        RequestJson json = json("{\"code\":\"1\",\"role\":\"admin\",\"verified\":true}");
        json.text("code");

        assertEquals(
                List.of(
                        new FieldError("role", "is not a field of this request"),
                        new FieldError("verified", "is not a field of this request")),
                malformed(json));
    }

    @Test
    void reportsAFieldOnceEvenIfItIsReadTwice() {
        RequestJson json = json("{\"stock\":\"5\"}");
        json.requiredInteger("stock");
        json.integer("stock");

        assertEquals(1, malformed(json).size());
    }

    @Test
    void reportsALimitedNumberOfErrors() {
        StringBuilder text = new StringBuilder("{\"first\":1");
        for (int i = 0; i < 5_000; i++) {
            text.append(",\"f").append(i).append("\":1");
        }

        assertEquals(20, malformed(json(text.append('}').toString())).size());
    }

    @Test
    void aMissingFieldIsNotMalformed() {
        RequestJson json = json("{\"password\":null}");
        json.requiredText("email");
        json.requiredText("password");

        InvalidFieldsException refused = assertThrows(InvalidFieldsException.class, json::check);

        assertEquals(
                List.of(new FieldError("email", "is required"), new FieldError("password", "is required")),
                refused.errors());
    }

    @Test
    void nullIsAcceptedForNullableFieldsOnly() {
        RequestJson json = json("{\"closesAt\":null,\"name\":null}");
        json.nullable("closesAt");

        assertNull(json.time("closesAt"));
        assertNull(json.text("name"));

        assertEquals(List.of(new FieldError("name", "must be a string")), malformed(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "2026-11-27",
                "2026-11-27T12:00:00",
                "1969-12-31T23:59:59Z",
                "+10000-01-01T00:00:00Z",
                "+999999999-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z",
                "2026-13-01T00:00:00Z",
                ""
            })
    void rejectsTimesThatStoresCannotRepresent(String text) {
        RequestJson json = json("{\"opensAt\":\"" + text + "\"}");

        assertNull(json.time("opensAt"));

        assertEquals(
                "opensAt",
                assertThrows(InvalidFieldsException.class, json::check)
                        .errors()
                        .get(0)
                        .field());
    }

    private static RequestJson json(String text) {
        return RequestJson.of(Buffer.buffer(text));
    }

    private static List<FieldError> malformed(RequestJson json) {
        ApiException refused = assertThrows(ApiException.class, json::check);
        assertEquals(ApiError.MALFORMED_REQUEST, refused.error());
        return refused.fields();
    }
}
