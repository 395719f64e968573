package io.flashsale.openapi;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Validates a parameter of an operation: in its path, its query or its headers. */
public final class Parameter {
    /** The location of a parameter. */
    public enum Place {
        /** In the path; an invalid value means that the resource does not exist. */
        PATH,
        /** In the query. */
        QUERY,
        /** In the headers. */
        HEADER
    }

    /**
     * Holds a specific error that the contract defines for a parameter.
     *
     * @param code the stable error code
     * @param detail the explanation for people
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
            default -> throw new IllegalStateException("parameter " + name + ": unsupported location");
        };
        this.required = model.getBoolean("required", false);
        this.rule = new ValueSchema(model.getJsonObject("schema"), formats);
        this.missing = refusal(model.getJsonObject("x-missing"));
        this.invalid = refusal(model.getJsonObject("x-invalid"));
    }

    private static Refusal refusal(JsonObject model) {
        return model == null ? null : new Refusal(model.getString("code"), model.getString("detail"));
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns the location. */
    public Place place() {
        return place;
    }

    /**
     * Validates the values of a request.
     *
     * @param values the values as received; empty if the parameter is missing
     * @return the specific error if the contract defines one; all other errors are added to {@code errors}
     */
    public Optional<Refusal> check(List<String> values, ValidationErrors errors) {
        if (values.isEmpty()) {
            return required ? refuse(missing, "is required", errors) : Optional.empty();
        }
        if (rule.isList()) {
            // RFC 9110, section 5.3: a list header may occur more than once, and any text is a valid list.
            return Optional.empty();
        }
        if (values.size() > 1) {
            return repeated(errors);
        }
        Object value = rule.read(values.get(0));
        return value != null && rule.accepts(value) ? Optional.empty() : refuse(invalid, rule.message(), errors);
    }

    private Optional<Refusal> repeated(ValidationErrors errors) {
        if (invalid == null) {
            errors.malformed(name, "is given more than once");
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
