package io.flashsale.openapi;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Holds the OpenAPI file of the jar: its text, its document with all references resolved, and its operations with the
 * schemas for validating requests.
 *
 * <p>It is immutable, so all event loops share one instance.
 */
public final class Contract {
    /** The supported methods of a path, in the order of the documentation. */
    private static final List<String> METHODS = List.of("get", "post", "put", "delete");

    private static final String FILE = "/conf/openapi.yaml";
    /** The prefix of the API; pages and assets are outside it. */
    private static final String API = "/api/";

    private final String text;
    private final JsonObject document;
    private final Map<String, Operation> operations = new LinkedHashMap<>();

    private Contract(String text, Map<String, Predicate<String>> formats) {
        this.text = text;
        this.document = References.resolve(Yaml.parse(text));
        JsonObject paths = document.getJsonObject("paths");
        for (String template : paths.fieldNames()) {
            JsonObject item = paths.getJsonObject(template);
            for (String method : METHODS) {
                if (item.containsKey(method)) {
                    Operation operation = Operation.of(method, template, item.getJsonObject(method), formats);
                    operations.put(operation.name(), operation);
                }
            }
        }
    }

    /**
     * Loads the file from the jar.
     *
     * @param formats the rules of the custom formats, by the name of the format
     * @throws IllegalStateException if requests cannot be validated against the file
     */
    public static Contract load(Map<String, Predicate<String>> formats) {
        try (InputStream file = Contract.class.getResourceAsStream(FILE)) {
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8), formats);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parses a contract; for tests that break one on purpose. */
    public static Contract parse(String text, Map<String, Predicate<String>> formats) {
        return new Contract(text, formats);
    }

    /** Returns the text of the file. */
    public Buffer text() {
        return Buffer.buffer(text);
    }

    /** Returns the document with every {@code $ref} resolved. */
    public JsonObject document() {
        return document;
    }

    /** Returns all operations, in the order of the file. */
    public Collection<Operation> operations() {
        return operations.values();
    }

    /**
     * Finds the operation of a route.
     *
     * @param path in the syntax of routes: {@code /product/:id}
     */
    public Optional<Operation> operation(HttpMethod method, String path) {
        return Optional.ofNullable(operations.get(Operation.name(method, path)));
    }

    /**
     * Checks that routes and file match: every operation needs a route, and every route of the API an operation.
     *
     * @param routes the routes, each as {@link Operation#name}
     * @throws IllegalStateException with a list of all differences
     */
    public void requireSameRoutes(Set<String> routes) {
        List<String> differences = new ArrayList<>();
        operations.keySet().stream()
                .filter(name -> !routes.contains(name))
                .forEach(name -> differences.add(name + " has no route"));
        routes.stream()
                .filter(name -> name.contains(" " + API) && !operations.containsKey(name))
                .sorted()
                .forEach(name -> differences.add(name + " is not in the file"));
        if (!differences.isEmpty()) {
            throw new IllegalStateException(
                    "the routes and conf/openapi.yaml disagree: " + String.join("; ", differences));
        }
    }
}
