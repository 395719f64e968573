package io.flashsale.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Holds the fields of a product that an admin can edit.
 *
 * @param name 1 to 200 characters
 * @param description up to 5,000 characters
 * @param type groups products, for example to set the time to live of their cache entries
 * @param price in minor units, 0 to 10^9
 * @param currency ISO 4217 code
 * @param stock number of units on sale, 0 to 10^7
 * @param perUserLimit number of units that one user may hold; 0 means no limit
 * @param opensAt start of the sale; null if it is open from the start
 * @param closesAt end of the sale, after {@code opensAt}; null if it never ends
 * @param paused whether the sale is paused
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

    /** Type of a product without an explicit type. */
    public static final String DEFAULT_TYPE = "standard";

    /** Purchase limit of a product without an explicit limit. */
    public static final int DEFAULT_PER_USER_LIMIT = 1;

    /** Time to live in the cache if neither the product nor its type sets one. */
    public static final int DEFAULT_CACHE_TTL_SECONDS = 300;

    private static final int MAX_NAME = 200;
    private static final int MAX_DESCRIPTION = 5_000;
    private static final long MAX_PRICE = 1_000_000_000L;
    private static final int MAX_STOCK = 10_000_000;
    /** The purchase script reads all slots of a buyer in one step; this bounds that step. */
    private static final int MAX_PER_USER_LIMIT = 10_000;

    private static final int MIN_CACHE_TTL_SECONDS = 300;
    private static final int MAX_CACHE_TTL_SECONDS = 3_600;
    private static final Pattern TYPE_FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    /**
     * Rejects values out of range.
     *
     * @throws InvalidFieldsException that lists all of them
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

    /** Returns the time to live of the product in the cache, in seconds. */
    public int effectiveCacheTtlSeconds() {
        return cacheTtlSeconds == null ? DEFAULT_CACHE_TTL_SECONDS : cacheTtlSeconds;
    }

    /** Returns the same details with another number of units on sale. */
    public ProductDetails withStock(int units) {
        return toBuilder().stock(units).build();
    }

    /** Returns a builder with the values of these details. */
    public Builder toBuilder() {
        return new Builder()
                .name(name)
                .description(description)
                .type(type)
                .price(price)
                .currency(currency)
                .stock(stock)
                .perUserLimit(perUserLimit)
                .opensAt(opensAt)
                .closesAt(closesAt)
                .paused(paused)
                .cacheTtlSeconds(cacheTtlSeconds);
    }

    /** Returns a builder with the defaults of a new product. Name and currency have no default. */
    public static Builder builder() {
        return new Builder();
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

    /** Returns whether the text is an ISO 4217 code. */
    public static boolean isCurrency(String code) {
        return Currency.getAvailableCurrencies().stream()
                .anyMatch(currency -> currency.getCurrencyCode().equals(code));
    }

    private static void check(List<FieldError> errors, String field, boolean holds, String message) {
        if (!holds) {
            errors.add(new FieldError(field, message));
        }
    }

    /** Builds details field by field. Each method sets the field of its name. */
    public static final class Builder {
        private String name;
        private String description = "";
        private String type = DEFAULT_TYPE;
        private long price;
        private String currency;
        private int stock;
        private int perUserLimit = DEFAULT_PER_USER_LIMIT;
        private Instant opensAt;
        private Instant closesAt;
        private boolean paused;
        private Integer cacheTtlSeconds;

        private Builder() {}

        public Builder name(String value) {
            name = value;
            return this;
        }

        public Builder description(String value) {
            description = value;
            return this;
        }

        public Builder type(String value) {
            type = value;
            return this;
        }

        public Builder price(long value) {
            price = value;
            return this;
        }

        public Builder currency(String value) {
            currency = value;
            return this;
        }

        public Builder stock(int value) {
            stock = value;
            return this;
        }

        public Builder perUserLimit(int value) {
            perUserLimit = value;
            return this;
        }

        public Builder opensAt(Instant value) {
            opensAt = value;
            return this;
        }

        public Builder closesAt(Instant value) {
            closesAt = value;
            return this;
        }

        public Builder paused(boolean value) {
            paused = value;
            return this;
        }

        public Builder cacheTtlSeconds(Integer value) {
            cacheTtlSeconds = value;
            return this;
        }

        /**
         * Builds the details.
         *
         * @throws InvalidFieldsException if values are out of range
         */
        public ProductDetails build() {
            return new ProductDetails(
                    name,
                    description,
                    type,
                    price,
                    currency,
                    stock,
                    perUserLimit,
                    opensAt,
                    closesAt,
                    paused,
                    cacheTtlSeconds);
        }
    }
}
