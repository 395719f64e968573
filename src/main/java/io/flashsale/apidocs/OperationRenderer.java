package io.flashsale.apidocs;

import io.flashsale.openapi.Operation;
import io.flashsale.openapi.References;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** Renders an operation as a section of the page: the description on the left, request and responses on the right. */
final class OperationRenderer {
    private static final Map<String, String> ACCESS = Map.of(
            "", "Requires a session; the one-time code may still be missing.",
            "verified", "Requires a session with a verified one-time code.",
            "admin", "Requires a session with the admin role.");

    /** The responses that nearly every operation has and that need no description here. */
    private static final Set<String> COMMON_RESPONSES =
            Set.of("BodyTooLarge", "NotJson", "RateLimited", "Internal", "Unavailable");

    private static final Set<String> COMMON_HEADERS =
            Set.of("X-Request-Id", "RateLimit", "RateLimit-Policy", "Cache-Control");

    private final Operation operation;
    private final JsonObject model;

    OperationRenderer(Operation operation) {
        this.operation = operation;
        this.model = operation.model();
    }

    String id() {
        return model.getString("operationId");
    }

    String tag() {
        return model.getJsonArray("tags").getString(0);
    }

    /** Renders the entry in the table of contents. */
    String entry() {
        return "<li>"
                + HtmlFragments.link(
                        id(), badge() + "<span>" + HtmlFragments.inline(model.getString("summary")) + "</span>")
                + "</li>\n";
    }

    String section() {
        return "<section class=\"operation\" id=\"" + id() + "\" aria-labelledby=\"" + id()
                + "-title\">\n<div class=\"words\">"
                + "<h3 id=\"" + id() + "-title\">"
                + HtmlFragments.link(id(), HtmlFragments.inline(model.getString("summary")))
                + (model.getBoolean("deprecated", false) ? " <span class=\"note\">deprecated</span>" : "") + "</h3>\n"
                + "<p class=\"route\">" + badge() + " <code>" + HtmlFragments.path(operation.template())
                + "</code></p>\n"
                + HtmlFragments.paragraphs(model.getString("description"))
                + access()
                + parameters()
                + body()
                + responses()
                + "</div>\n<div class=\"wire\">" + request() + responseBlocks() + "</div>\n</section>\n";
    }

    private String badge() {
        String method = operation.method().name();
        return "<span class=\"method " + method.toLowerCase(Locale.ROOT) + "\">" + method + "</span>";
    }

    private String access() {
        JsonArray security = model.getJsonArray("security", new JsonArray());
        if (security.isEmpty()) {
            return "<p class=\"who\">Public.</p>\n";
        }
        JsonArray roles = security.getJsonObject(0).getJsonArray("session");
        return "<p class=\"who\">" + ACCESS.get(roles.isEmpty() ? "" : roles.getString(0)) + "</p>\n";
    }

    private String parameters() {
        JsonArray parameters = model.getJsonArray("parameters", new JsonArray());
        if (parameters.isEmpty()) {
            return "";
        }
        String rows = parameters.stream()
                .map(JsonObject.class::cast)
                .map(parameter -> {
                    JsonObject schema = parameter.getJsonObject("schema").copy();
                    schema.remove("description");
                    String meaning = HtmlFragments.inline(
                            parameter.getString("description", "").strip().replace('\n', ' '));
                    String place =
                            parameter.getString("in") + (parameter.getBoolean("required", false) ? "" : ", optional");
                    return SchemaRenderer.row(
                            parameter.getString("name"),
                            place,
                            SchemaRenderer.type(schema),
                            (meaning + " " + SchemaRenderer.meaning(schema)).strip());
                })
                .collect(Collectors.joining());
        return "<h4>Parameters</h4>\n" + SchemaRenderer.table("Name", rows);
    }

    private String body() {
        JsonObject body = model.getJsonObject("requestBody");
        if (body == null) {
            return "";
        }
        JsonObject schema =
                body.getJsonObject("content").getJsonObject("application/json").getJsonObject("schema");
        return "<h4>Body</h4>\n" + HtmlFragments.paragraphs(body.getString("description"))
                + SchemaRenderer.table(schema);
    }

    private String responses() {
        StringBuilder items = new StringBuilder();
        StringBuilder common = new StringBuilder();
        model.getJsonObject("responses").forEach(entry -> {
            JsonObject response = (JsonObject) entry.getValue();
            if (COMMON_RESPONSES.contains(response.getString(References.NAME, ""))) {
                common.append(codes(problem(response))).append(' ');
                return;
            }
            items.append("<dt><span class=\"status s")
                    .append(entry.getKey().charAt(0))
                    .append("\">")
                    .append(entry.getKey())
                    .append("</span></dt><dd>")
                    .append(HtmlFragments.paragraphs(response.getString("description")))
                    .append(headerLinks(response));
            response.getJsonObject("content", new JsonObject())
                    .forEach(content -> items.append(content(content.getKey(), (JsonObject) content.getValue())));
            items.append("</dd>\n");
        });
        return "<h4>Responses</h4>\n<dl class=\"answers\">\n" + items
                + "</dl>\n<p class=\"usual codes\">Common errors: " + common + "</p>\n";
    }

    private static JsonObject problem(JsonObject response) {
        return response.getJsonObject("content")
                .getJsonObject("application/problem+json")
                .getJsonObject("schema");
    }

    private static String headerLinks(JsonObject response) {
        String links = response.getJsonObject("headers", new JsonObject()).stream()
                .filter(header -> !COMMON_HEADERS.contains(header.getKey()))
                .map(header -> HtmlFragments.link("header-" + header.getKey(), HtmlFragments.code(header.getKey())))
                .collect(Collectors.joining(" "));
        return links.isEmpty() ? "" : "<p class=\"codes\">with " + links + "</p>";
    }

    private static String content(String type, JsonObject content) {
        JsonObject schema = content.getJsonObject("schema");
        if (type.equals("application/problem+json")) {
            return "<p class=\"codes\">" + codes(schema) + "</p>";
        }
        if (!type.equals("application/json")) {
            return "<p>" + HtmlFragments.code(type) + "</p>";
        }
        if (SchemaRenderer.hasSection(schema)) {
            return "<p>" + SchemaRenderer.type(schema) + "</p>";
        }
        return SchemaRenderer.properties(schema).isEmpty() ? "<p>An empty object.</p>" : SchemaRenderer.table(schema);
    }

    private static String codes(JsonObject schema) {
        return schema
                .getJsonArray("allOf")
                .getJsonObject(1)
                .getJsonObject("properties")
                .getJsonObject("code")
                .getJsonArray("enum")
                .stream()
                .map(code -> HtmlFragments.link(code.toString(), HtmlFragments.code(code.toString())))
                .collect(Collectors.joining(" "));
    }

    private String request() {
        StringBuilder text = new StringBuilder(operation.method().name() + " " + examplePath());
        eachParameter(
                "header",
                (name, example) -> text.append('\n').append(name).append(": ").append(example));
        if (model.containsKey("security")) {
            text.append("\nCookie: sessionId=…");
        }
        Object example = model.getJsonObject("requestBody") == null
                ? null
                : model.getJsonObject("requestBody")
                        .getJsonObject("content")
                        .getJsonObject("application/json")
                        .getValue("example");
        if (example instanceof JsonObject body) {
            text.append("\nContent-Type: application/json\n\n").append(body.encodePrettily());
        }
        return HtmlFragments.block("Request", text.toString());
    }

    private String examplePath() {
        String[] path = {operation.template()};
        eachParameter("path", (name, example) -> path[0] = path[0].replace("{" + name + "}", example));
        return path[0];
    }

    private void eachParameter(String place, BiConsumer<String, String> each) {
        model.getJsonArray("parameters", new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .filter(parameter -> parameter.getString("in").equals(place) && parameter.containsKey("example"))
                .forEach(parameter -> {
                    Object example = parameter.getValue("example");
                    each.accept(
                            parameter.getString("name"),
                            example instanceof JsonArray list
                                    ? list.stream().map(String::valueOf).collect(Collectors.joining(", "))
                                    : example.toString());
                });
    }

    /** Renders the successful responses for which the contract has an example. */
    private String responseBlocks() {
        Map<String, String> statuses = new LinkedHashMap<>();
        model.getJsonObject("responses").forEach(entry -> {
            if (entry.getKey().compareTo("300") < 0) {
                JsonObject response = (JsonObject) entry.getValue();
                responseBlock(response)
                        .forEach((type, example) -> statuses.merge(
                                headers(response) + "Content-Type: " + type + "\n\n" + example,
                                entry.getKey(),
                                (one, other) -> one + ", " + other));
            }
        });
        return statuses.entrySet().stream()
                .map(response -> HtmlFragments.block("Response " + response.getValue(), response.getKey()))
                .collect(Collectors.joining());
    }

    private static Map<String, String> responseBlock(JsonObject response) {
        Map<String, String> examples = new LinkedHashMap<>();
        response.getJsonObject("content", new JsonObject()).forEach(content -> {
            JsonObject media = (JsonObject) content.getValue();
            Object example = media.getValue("example");
            for (String name : media.getJsonObject("examples", new JsonObject()).fieldNames()) {
                example = media.getJsonObject("examples").getJsonObject(name).getValue("value");
            }
            if (example != null) {
                examples.put(
                        content.getKey(),
                        example instanceof JsonObject json ? json.encodePrettily() : example.toString());
            }
        });
        return examples;
    }

    private static String headers(JsonObject response) {
        return response.getJsonObject("headers", new JsonObject()).stream()
                .filter(header -> ((JsonObject) header.getValue()).getBoolean("required", false))
                .filter(header -> ((JsonObject) header.getValue()).containsKey("example"))
                .filter(header -> !COMMON_HEADERS.contains(header.getKey()))
                .map(header -> header.getKey() + ": " + ((JsonObject) header.getValue()).getValue("example") + "\n")
                .collect(Collectors.joining());
    }
}
