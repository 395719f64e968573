package io.flashsale.http.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.openapi.ValidationErrors;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Parses the JSON object of a request strictly: valid UTF-8, no duplicate or unknown fields, no trailing content, no
 * type conversions.
 *
 * <p>Reading fields collects the errors; {@link #check} throws them all at once.
 */
public final class RequestJson {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_NAME = 200;

    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    /** A year in ISO 8601 has four digits, and most parsers accept no more. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME)
                    .build())
            .build();

    /** Represents a value of a type that no field has: an object, a list, a fraction. */
    private static final Object OTHER = new Object();

    private static final String PARSED = RequestJson.class.getName();

    private final Map<String, Object> values;
    private final Set<String> known = new HashSet<>();
    private final Set<String> nullable = new HashSet<>();
    private final ValidationErrors errors = new ValidationErrors();

    private RequestJson(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns the body of a request, parsed once; a missing body is an object without fields. */
    public static RequestJson of(RoutingContext ctx) {
        Map<String, Object> parsed = ctx.get(PARSED);
        if (parsed != null) {
            return new RequestJson(parsed);
        }
        RequestJson json = of(ctx.body().buffer());
        ctx.put(PARSED, json.values);
        return json;
    }

    public static RequestJson of(Buffer body) {
        if (body == null || body.length() == 0) {
            return new RequestJson(Map.of());
        }
        return new RequestJson(parse(body));
    }

    private static Map<String, Object> parse(Buffer body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body.getBytes()))
                    .toString();
            try (JsonParser parser = JSON.createParser(text)) {
                return object(parser);
            }
        } catch (CharacterCodingException e) {
            throw new ApiException(ApiError.MALFORMED_REQUEST, "the body is not valid UTF-8");
        } catch (IOException e) {
            // Jackson's own message may repeat the input.
            throw new ApiException(ApiError.MALFORMED_REQUEST, "the body is not valid JSON or has a duplicate field");
        }
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new ApiException(ApiError.MALFORMED_REQUEST, "the body must be a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = unicode(parser.currentName());
            parser.nextToken();
            values.put(name, value(parser));
        }
        if (parser.nextToken() != null) {
            throw new ApiException(ApiError.MALFORMED_REQUEST, "unexpected content after the JSON object");
        }
        return values;
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> unicode(parser.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT -> clamp(parser.getBigIntegerValue());
            default -> {
                parser.skipChildren();
                yield OTHER;
            }
        };
    }

    /** Rejects unpaired surrogates: escapes can produce them, but stores and other programs do not preserve them. */
    private static String unicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
                if (!pair) {
                    throw new ApiException(ApiError.MALFORMED_REQUEST, "a string is not valid Unicode");
                }
                i++;
            }
        }
        return text;
    }

    /** Clamps to a long: a larger number is out of range for every field. */
    private static long clamp(BigInteger number) {
        if (number.bitLength() > 63) {
            return number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return number.longValueExact();
    }

    /** Returns all fields, for validation against the contract. */
    public Map<String, Object> values() {
        return values;
    }

    /** Returns whether the field is present, even if it is null. */
    boolean has(String field) {
        known.add(field);
        return values.containsKey(field);
    }

    /** Returns the string, or null if the field is missing or has another type. */
    public String text(String field) {
        return typed(field, String.class, "must be a string");
    }

    /** Returns the string; an error if the field is missing. */
    public String requiredText(String field) {
        requireField(field);
        return text(field);
    }

    /** Returns the integer, or null if the field is missing or has another type. */
    public Long integer(String field) {
        return typed(field, Long.class, "must be an integer");
    }

    /** Returns the integer; an error if the field is missing. */
    Long requiredInteger(String field) {
        requireField(field);
        return integer(field);
    }

    /** Returns the integer as an int; one that does not fit becomes -1, which no field accepts. */
    Integer smallInteger(String field) {
        Long number = integer(field);
        return number == null ? null : number == number.intValue() ? number.intValue() : Integer.valueOf(-1);
    }

    /** Returns the boolean, or null if the field is missing or has another type. */
    Boolean bool(String field) {
        return typed(field, Boolean.class, "must be true or false");
    }

    /** Returns the time, truncated to milliseconds, or null if the field is missing or invalid. */
    Instant time(String field) {
        String text = text(field);
        Instant time = text == null ? null : instant(text);
        if (text != null && time == null) {
            errors.invalid(field, "must be a time in ISO 8601, from 1970 to 9999, such as 2026-11-27T12:00:00Z");
        }
        return time;
    }

    /** Returns whether the text is a time that the stores can represent. */
    public static boolean isInstant(String text) {
        return instant(text) != null;
    }

    private static Instant instant(String text) {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS);
            return time.isBefore(EARLIEST) || time.isAfter(LATEST) ? null : time;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Allows null for these fields; elsewhere null has the wrong type. */
    public void nullable(String... fields) {
        nullable.addAll(List.of(fields));
    }

    /** Accepts a read-only field only with its current value. */
    void readOnly(String field, Object current) {
        if (has(field) && !Objects.equals(values.get(field), current)) {
            errors.invalid(field, "is read-only; leave it out or send its current value");
        }
    }

    /** Accepts a read-only field with any possible value; for fields that change on their own after they were read. */
    void readOnly(String field, Predicate<Object> canBe) {
        if (has(field) && !canBe.test(values.get(field))) {
            errors.invalid(field, "is read-only; leave it out or send the value that was read");
        }
    }

    /** Throws all errors of the fields that were read, and an error for every unknown field. */
    public void check() {
        for (String field : values.keySet()) {
            if (!known.contains(field)) {
                errors.malformed(field, "is not a field of this request");
            }
        }
        ApiException.throwIfAny(errors);
    }

    private void requireField(String field) {
        if (!has(field) || (values.get(field) == null && !nullable.contains(field))) {
            errors.invalid(field, "is required");
        }
    }

    private <T> T typed(String field, Class<T> type, String message) {
        boolean given = has(field);
        Object value = values.get(field);
        boolean right = value == null ? !given || nullable.contains(field) : type.isInstance(value);
        if (!right) {
            errors.malformed(field, message);
            return null;
        }
        return type.cast(value);
    }
}
