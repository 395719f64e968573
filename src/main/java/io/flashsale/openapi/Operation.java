package io.flashsale.openapi;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * An operation of the contract.
 *
 * @param method its method
 * @param template its path as OpenAPI writes it: {@code /product/{id}}
 * @param model the operation in the document
 * @param parameters what its path, query and headers carry
 * @param body what its body carries
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

    /** The name that routes know it by, such as {@code GET /product/:id}. */
    public String name() {
        return name(method, template.replace("{", ":").replace("}", ""));
    }

    /** The name of a route. */
    public static String name(HttpMethod method, String path) {
        return method.name() + " " + path;
    }

    /** Its parameters in one place. */
    public List<Parameter> parameters(Parameter.Place place) {
        return parameters.stream()
                .filter(parameter -> parameter.place() == place)
                .toList();
    }
}
