package io.flashsale.openapi;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A parameter of an operation: in its path, its query or its headers. */
public final class Parameter {
    /** Where a parameter stands. */
    public enum Place {
        /** In the path; what does not fit there names nothing. */
        PATH,
        /** In the query. */
        QUERY,
        /** In the headers. */
        HEADER
    }

    /**
     * A problem of its own that the contract names for a parameter.
     *
     * @param code the stable name
     * @param detail what is wrong, in words
     */
    public record Refusal(String code, String detail) {}

    private final String name;
    private final Place place;
    private final boolean required;
    private final ValueSchema rule;
    private final Refusal missing;
    private final Refusal invalid;

    Parameter(JsonObject model, Map<String, Predicate<String>> formats) {
        this.name = model.getString("name");
        this.place = switch (model.getString("in")) {
            case "path" -> Place.PATH;
            case "query" -> Place.QUERY;
            case "header" -> Place.HEADER;
            default -> throw new IllegalStateException("parameter " + name + ": cannot be checked where it stands");
        };
        this.required = model.getBoolean("required", false);
        this.rule = new ValueSchema(model.getJsonObject("schema"), formats);
        this.missing = refusal(model.getJsonObject("x-missing"));
        this.invalid = refusal(model.getJsonObject("x-invalid"));
    }

    private static Refusal refusal(JsonObject model) {
        return model == null ? null : new Refusal(model.getString("code"), model.getString("detail"));
    }

    /** As it is written. */
    public String name() {
        return name;
    }

    /** Where it stands. */
    public Place place() {
        return place;
    }

    /**
     * Checks what a request carries.
     *
     * @param values as they came; empty where the parameter is missing
     * @return the problem where the contract has one of its own; else what is wrong is told to {@code errors}
     */
    public Optional<Refusal> check(List<String> values, ValidationErrors errors) {
        if (values.isEmpty()) {
            return required ? refuse(missing, "is required", errors) : Optional.empty();
        }
        if (rule.isList()) {
            // RFC 9110, section 5.3: such a header may be there more than once, and any text is a list of one.
            return Optional.empty();
        }
        if (values.size() > 1) {
            return twice(errors);
        }
        Object value = rule.read(values.get(0));
        return value != null && rule.accepts(value) ? Optional.empty() : refuse(invalid, rule.message(), errors);
    }

    private Optional<Refusal> twice(ValidationErrors errors) {
        if (invalid == null) {
            errors.malformed(name, "is there more than once");
        }
        return Optional.ofNullable(invalid);
    }

    private Optional<Refusal> refuse(Refusal own, String message, ValidationErrors errors) {
        if (own == null) {
            errors.invalid(name, message);
        }
        return Optional.ofNullable(own);
    }
}
