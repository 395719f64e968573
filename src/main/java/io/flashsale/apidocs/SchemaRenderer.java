package io.flashsale.apidocs;

import io.flashsale.openapi.References;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Describes schemas of the contract in words. */
final class SchemaRenderer {
    private static final Map<String, String> WORDS = Map.of(
            "string", "string", "boolean", "boolean", "integer", "integer", "number", "number", "object", "object");

    private SchemaRenderer() {}

    /** Returns the properties of an object, including those of its parts. */
    static Map<String, JsonObject> properties(JsonObject schema) {
        Map<String, JsonObject> all = new LinkedHashMap<>();
        parts(schema).forEach(part -> all.putAll(properties(part)));
        schema.getJsonObject("properties", new JsonObject())
                .forEach(property ->
                        all.merge(property.getKey(), (JsonObject) property.getValue(), (one, other) -> one));
        return all;
    }

    static Set<String> required(JsonObject schema) {
        Set<String> all = new LinkedHashSet<>();
        parts(schema).forEach(part -> all.addAll(required(part)));
        schema.getJsonArray("required", new JsonArray()).forEach(name -> all.add(String.valueOf(name)));
        return all;
    }

    private static List<JsonObject> parts(JsonObject schema) {
        return schema.getJsonArray("allOf", new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    /** Returns whether the page has a separate section for the schema. */
    static boolean hasSection(JsonObject schema) {
        return schema.containsKey(References.NAME) && !properties(schema).isEmpty();
    }

    /** Describes the type of a value. */
    static String type(JsonObject schema) {
        if (hasSection(schema)) {
            String name = schema.getString(References.NAME);
            return HtmlFragments.link(name, HtmlFragments.escape(name));
        }
        if (schema.containsKey("const")) {
            return HtmlFragments.code(schema.getValue("const").toString());
        }
        if (schema.containsKey("enum")) {
            return schema.getJsonArray("enum").stream()
                    .map(value -> HtmlFragments.code(String.valueOf(value)))
                    .collect(Collectors.joining(" "));
        }
        if (schema.getValue("type") instanceof JsonArray several) {
            return several.stream()
                    .map(type -> type.equals("null") ? HtmlFragments.code("null") : WORDS.get(String.valueOf(type)))
                    .collect(Collectors.joining(" or "));
        }
        if ("array".equals(schema.getString("type"))) {
            return "array of " + type(schema.getJsonObject("items"));
        }
        return "date-time".equals(schema.getString("format"))
                ? "time"
                : WORDS.getOrDefault(schema.getString("type"), "");
    }

    /** Renders the description, the bounds and the default. */
    static String meaning(JsonObject schema) {
        StringBuilder text = new StringBuilder(
                HtmlFragments.inline(schema.getString("description", "").strip().replace('\n', ' ')));
        String bounds = schema.containsKey("x-message") ? sentence(schema.getString("x-message")) : bounds(schema);
        if (!bounds.isEmpty()) {
            text.append(text.isEmpty() ? "" : " ")
                    .append("<span class=\"rule\">")
                    .append(bounds)
                    .append("</span>");
        }
        if (schema.containsKey("default")) {
            text.append(text.isEmpty() ? "" : " ")
                    .append("<span class=\"rule\">Default ")
                    .append(HtmlFragments.code(schema.getValue("default").toString()))
                    .append(".</span>");
        }
        return text.toString();
    }

    private static String sentence(String message) {
        return HtmlFragments.escape(
                message.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + message.substring(1) + ".");
    }

    private static String bounds(JsonObject schema) {
        if (schema.containsKey("minimum") && schema.containsKey("maximum")) {
            return "From " + schema.getValue("minimum") + " to " + schema.getValue("maximum") + ".";
        }
        if (schema.containsKey("maxLength") && schema.containsKey("minLength")) {
            return "From " + schema.getValue("minLength") + " to " + schema.getValue("maxLength") + " characters.";
        }
        return "";
    }

    /** Renders the properties of an object as a table. */
    static String table(JsonObject schema) {
        Set<String> required = required(schema);
        StringBuilder rows = new StringBuilder();
        properties(schema)
                .forEach((name, property) -> rows.append(
                        row(name, required.contains(name) ? "" : "optional", type(property), meaning(property))));
        return table("Field", rows.toString());
    }

    static String table(String firstColumn, String rows) {
        return "<table><thead><tr><th scope=\"col\">" + firstColumn
                + "</th><th scope=\"col\">Type</th><th scope=\"col\">Meaning</th></tr></thead><tbody>\n" + rows
                + "</tbody></table>\n";
    }

    static String row(String name, String note, String type, String meaning) {
        return "<tr><th scope=\"row\">" + HtmlFragments.code(name)
                + (note.isEmpty() ? "" : "<span class=\"note\">" + note + "</span>") + "</th><td>" + type + "</td><td>"
                + meaning + "</td></tr>\n";
    }
}
