package io.flashsale.support;

import io.flashsale.openapi.Contract;
import io.flashsale.openapi.Operation;
import io.flashsale.support.Client.Answer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks responses against the contract: it must list the status for the operation, and every header and the body must
 * match its schemas.
 */
public final class AnswerCheck {
    private static final JsonObject COMPONENTS;
    private static final List<Route> ROUTES;
    /** Responses to requests that are refused before their operation is known. */
    private static final Map<Integer, Reply> ANYWHERE;
    /** Headers of every response, whose values differ between operations. */
    private static final Set<String> COMMON = Set.of("Cache-Control");

    static {
        Contract contract = Contract.load(Map.of());
        COMPONENTS = contract.document().getJsonObject("components");
        ROUTES = contract.operations().stream()
                .map(Route::of)
                .sorted(Comparator.comparing(route -> route.templated()))
                .toList();
        ANYWHERE = Map.of(
                404, component("NotFound"),
                405, component("MethodNotAllowed"),
                414, component("UriTooLong"),
                431, component("HeadersTooLarge"));
    }

    private record Route(String method, boolean templated, Pattern path, Map<Integer, Reply> replies) {
        static Route of(Operation operation) {
            Map<Integer, Reply> replies = new HashMap<>();
            operation
                    .model()
                    .getJsonObject("responses")
                    .forEach(reply ->
                            replies.put(Integer.valueOf(reply.getKey()), Reply.of((JsonObject) reply.getValue())));
            String template = operation.template();
            return new Route(
                    operation.method().name(),
                    template.contains("{"),
                    Pattern.compile(template.replace(".", "\\.").replaceAll("\\{[^}]*}", "[^/]+")),
                    replies);
        }
    }

    private record Header(boolean required, boolean integer, Validator validator) {}

    private record Reply(Map<String, Header> headers, Map<String, Validator> bodies) {
        static Reply of(JsonObject model) {
            Map<String, Header> headers = new HashMap<>();
            model.getJsonObject("headers", new JsonObject()).forEach(header -> {
                JsonObject value = (JsonObject) header.getValue();
                JsonObject schema = value.getJsonObject("schema");
                headers.put(
                        header.getKey(),
                        new Header(
                                value.getBoolean("required", false),
                                "integer".equals(schema.getString("type")),
                                validator(schema)));
            });
            Map<String, Validator> bodies = new HashMap<>();
            model.getJsonObject("content", new JsonObject())
                    .forEach(body -> bodies.put(
                            body.getKey(), validator(((JsonObject) body.getValue()).getJsonObject("schema"))));
            return new Reply(headers, bodies);
        }
    }

    private AnswerCheck() {}

    private static Reply component(String name) {
        return Reply.of(COMPONENTS.getJsonObject("responses").getJsonObject(name));
    }

    private static synchronized Validator validator(JsonObject schema) {
        JsonSchemaOptions options = new JsonSchemaOptions()
                .setBaseUri("contract://answers")
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(OutputFormat.Basic);
        return Validator.create(JsonSchema.of(schema.copy()), options);
    }

    /**
     * Checks a response.
     *
     * @throws AssertionError with every difference from the contract
     */
    public static void check(String method, String path, Answer answer) {
        List<String> mistakes = mistakes(method, path, answer);
        if (!mistakes.isEmpty()) {
            throw new AssertionError("response differs from conf/openapi.yaml: " + method + " " + path + " " + mistakes
                    + " " + answer.status() + " " + answer.body());
        }
    }

    /** Returns every difference between the response and the contract. */
    static List<String> mistakes(String method, String path, Answer answer) {
        String asked = method.equals("HEAD") ? "GET" : method;
        Optional<Route> route = ROUTES.stream()
                .filter(known -> known.method().equals(asked)
                        && known.path().matcher(path).matches())
                .findFirst();
        Reply reply = route.map(known -> known.replies().get(answer.status())).orElse(ANYWHERE.get(answer.status()));
        if (reply == null) {
            return route.isPresent() || (path.startsWith("/api/") && !method.equals("OPTIONS"))
                    ? List.of("the status is not listed")
                    : List.of();
        }
        List<String> mistakes = new ArrayList<>();
        checkHeaders(reply, answer, mistakes);
        checkBody(reply, method, answer, mistakes);
        return mistakes;
    }

    private static void checkHeaders(Reply reply, Answer answer, List<String> mistakes) {
        reply.headers().forEach((name, header) -> {
            String value = answer.header(name.toLowerCase(Locale.ROOT));
            if (value == null) {
                if (header.required()) {
                    mistakes.add("no header " + name);
                }
                return;
            }
            Object read = header.integer() && value.matches("\\d{1,18}") ? Long.valueOf(value) : value;
            if (!header.validator().validate(read).getValid()) {
                mistakes.add("header " + name + " is " + value);
            }
        });
        for (String name : COMPONENTS.getJsonObject("headers").fieldNames()) {
            boolean named = reply.headers().containsKey(name) || COMMON.contains(name);
            if (!named && answer.header(name.toLowerCase(Locale.ROOT)) != null) {
                mistakes.add("header " + name + " is not listed");
            }
        }
    }

    private static void checkBody(Reply reply, String method, Answer answer, List<String> mistakes) {
        String body = answer.body() == null ? "" : answer.body();
        if (method.equals("HEAD") || reply.bodies().isEmpty()) {
            if (!body.isEmpty()) {
                mistakes.add("there is an unexpected body");
            }
            return;
        }
        String type = String.valueOf(answer.header("content-type")).split(";", 2)[0];
        Validator validator = reply.bodies().get(type);
        if (validator == null) {
            mistakes.add("content type " + type);
            return;
        }
        OutputUnit result = validator.validate(type.endsWith("json") ? Json.decodeValue(body) : body);
        if (!result.getValid()) {
            mistakes.add(result.getErrors().stream()
                    .map(error -> error.getInstanceLocation() + " " + error.getError())
                    .collect(Collectors.joining(", ")));
        }
    }
}
