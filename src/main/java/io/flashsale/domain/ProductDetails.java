package io.flashsale.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an admin may write of a product.
 *
 * @param name 1 to 200 characters
 * @param description up to 5,000 characters
 * @param type a word that groups products, as for their cache's time to live
 * @param price in minor units, 0 to 10^9
 * @param currency ISO 4217
 * @param stock units put on sale, 0 to 10^7
 * @param perUserLimit units that one user may hold; 0 is no limit
 * @param opensAt null: open from the start
 * @param closesAt null: never; else after {@code opensAt}
 * @param paused whether nothing is sold for now
 * @param cacheTtlSeconds 300 to 3600, or null for the default of the type
 */
public record ProductDetails(
        String name,
        String description,
        String type,
        long price,
        String currency,
        int stock,
        int perUserLimit,
        Instant opensAt,
        Instant closesAt,
        boolean paused,
        Integer cacheTtlSeconds) {

    /** The type of a product that names none. */
    public static final String DEFAULT_TYPE = "standard";

    /** Units that one user may hold where the admin names no limit. */
    public static final int DEFAULT_PER_USER_LIMIT = 1;

    /** How long a product may be cached where neither it nor its type says. */
    public static final int DEFAULT_CACHE_TTL_SECONDS = 300;

    private static final int MAX_NAME = 200;
    private static final int MAX_DESCRIPTION = 5_000;
    private static final long MAX_PRICE = 1_000_000_000L;
    private static final int MAX_STOCK = 10_000_000;
    /** A buyer's slots are read in one step of the purchase script; this bounds that step. */
    private static final int MAX_PER_USER_LIMIT = 10_000;

    private static final int MIN_CACHE_TTL_SECONDS = 300;
    private static final int MAX_CACHE_TTL_SECONDS = 3_600;
    private static final Pattern TYPE_FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    /**
     * Refuses values out of range.
     *
     * @throws InvalidFieldsException that names each of them
     */
    public ProductDetails {
        List<FieldError> errors = new ArrayList<>();
        checkLength(errors, "name", name, 1, MAX_NAME);
        checkLength(errors, "description", description, 0, MAX_DESCRIPTION);
        check(
                errors,
                "type",
                TYPE_FORM.matcher(type).matches(),
                "must be 1 to 64 lower-case letters, digits and hyphens");
        check(errors, "price", price >= 0 && price <= MAX_PRICE, "must be 0 to 1000000000, in minor units");
        check(errors, "currency", isCurrency(currency), "must be an ISO 4217 code such as USD");
        check(errors, "stock", stock >= 0 && stock <= MAX_STOCK, "must be 0 to 10000000");
        check(
                errors,
                "perUserLimit",
                perUserLimit >= 0 && perUserLimit <= MAX_PER_USER_LIMIT,
                "must be 0 (no limit) to 10000");
        check(
                errors,
                "closesAt",
                opensAt == null || closesAt == null || closesAt.isAfter(opensAt),
                "must be after opensAt");
        check(
                errors,
                "cacheTtlSeconds",
                cacheTtlSeconds == null
                        || (cacheTtlSeconds >= MIN_CACHE_TTL_SECONDS && cacheTtlSeconds <= MAX_CACHE_TTL_SECONDS),
                "must be 300 to 3600");
        if (!errors.isEmpty()) {
            throw new InvalidFieldsException(errors);
        }
    }

    /** How long the product may be cached. */
    public int effectiveCacheTtlSeconds() {
        return cacheTtlSeconds == null ? DEFAULT_CACHE_TTL_SECONDS : cacheTtlSeconds;
    }

    /** The same with another number of units on sale. */
    public ProductDetails withStock(int units) {
        return new ProductDetails(
                name,
                description,
                type,
                price,
                currency,
                units,
                perUserLimit,
                opensAt,
                closesAt,
                paused,
                cacheTtlSeconds);
    }

    private static void checkLength(List<FieldError> errors, String field, String value, int min, int max) {
        int length = value.codePointCount(0, value.length());
        boolean fits = length >= min && length <= max && (min == 0 || !value.isBlank());
        check(errors, field, fits, "must have " + min + " to " + max + " characters");
        check(
                errors,
                field,
                value.chars().noneMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t'),
                "must not have control characters");
    }

    /** Whether the text is a code of ISO 4217. */
    public static boolean isCurrency(String code) {
        return Currency.getAvailableCurrencies().stream()
                .anyMatch(currency -> currency.getCurrencyCode().equals(code));
    }

    private static void check(List<FieldError> errors, String field, boolean holds, String message) {
        if (!holds) {
            errors.add(new FieldError(field, message));
        }
    }
}
