package io.flashsale.openapi;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Represents an operation of the contract.
 *
 * @param method the HTTP method
 * @param template the path in the syntax of OpenAPI: {@code /product/{id}}
 * @param model the operation in the document
 * @param parameters the parameters in path, query and headers
 * @param body the schema of the body
 */
public record Operation(
        HttpMethod method, String template, JsonObject model, List<Parameter> parameters, BodySchema body) {

    static Operation of(String method, String template, JsonObject model, Map<String, Predicate<String>> formats) {
        List<Parameter> parameters = model.getJsonArray("parameters", new JsonArray()).stream()
                .map(parameter -> new Parameter((JsonObject) parameter, formats))
                .toList();
        return new Operation(
                HttpMethod.valueOf(method.toUpperCase(Locale.ROOT)),
                template,
                model,
                parameters,
                BodySchema.of(model.getJsonObject("requestBody"), formats));
    }

    /** Returns the name of the matching route, such as {@code GET /product/:id}. */
    public String name() {
        return name(method, template.replace("{", ":").replace("}", ""));
    }

    /** Returns the name of a route. */
    public static String name(HttpMethod method, String path) {
        return method.name() + " " + path;
    }

    /** Returns the parameters of one place. */
    public List<Parameter> parameters(Parameter.Place place) {
        return parameters.stream()
                .filter(parameter -> parameter.place() == place)
                .toList();
    }
}
