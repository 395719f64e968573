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
 * The OpenAPI file in the jar: its text, its document with every reference resolved, and its operations with the rules
 * that requests are checked against.
 *
 * <p>What it says never changes after it was read, so that all event loops share one.
 */
public final class Contract {
    /** Methods that a path can have, in the order in which people read them. */
    private static final List<String> METHODS = List.of("get", "post", "put", "delete");

    private static final String FILE = "/conf/openapi.yaml";
    /** Whatever lies below it is the API; pages and their parts are not. */
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
     * Reads the file in the jar.
     *
     * @param formats what the values of the file's own formats are held against, by name
     * @throws IllegalStateException where the file cannot be what requests are checked against
     */
    public static Contract load(Map<String, Predicate<String>> formats) {
        try (InputStream file = Contract.class.getResourceAsStream(FILE)) {
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8), formats);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a contract; tests break one on purpose with it. */
    public static Contract parse(String text, Map<String, Predicate<String>> formats) {
        return new Contract(text, formats);
    }

    /** The file as it is. */
    public Buffer text() {
        return Buffer.buffer(text);
    }

    /** The document, every {@code $ref} replaced by what it names. */
    public JsonObject document() {
        return document;
    }

    /** All operations, in the order of the file. */
    public Collection<Operation> operations() {
        return operations.values();
    }

    /**
     * The operation of a route.
     *
     * @param path as routes are written: {@code /product/:id}
     */
    public Optional<Operation> operation(HttpMethod method, String path) {
        return Optional.ofNullable(operations.get(Operation.name(method, path)));
    }

    /**
     * Refuses routes that are not those of the file: every operation needs its route, every route of the API its
     * operation.
     *
     * @param routes each as {@link Operation#name}
     * @throws IllegalStateException that names every difference
     */
    public void requireSameAs(Set<String> routes) {
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
