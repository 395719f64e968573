package io.flashsale.openapi;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Replaces every {@code $ref} by its target, so that the document is self-contained. The target keeps its
 * name as {@code x-name}.
 */
public final class References {
    public static final String NAME = "x-name";
    private static final String REFERENCE = "$ref";

    private final JsonObject root;
    private final Map<String, Object> resolved = new LinkedHashMap<>();
    private final Deque<String> open = new ArrayDeque<>();

    private References(JsonObject root) {
        this.root = root;
    }

    static JsonObject resolve(JsonObject root) {
        return (JsonObject) new References(root).visit(root);
    }

    private Object visit(Object value) {
        if (value instanceof JsonArray array) {
            JsonArray copy = new JsonArray();
            array.forEach(entry -> copy.add(visit(entry)));
            return copy;
        }
        if (!(value instanceof JsonObject object)) {
            return value;
        }
        if (object.getValue(REFERENCE) instanceof String pointer) {
            if (object.size() > 1) {
                throw new IllegalStateException(pointer + ": a $ref must not have siblings");
            }
            return follow(pointer);
        }
        JsonObject copy = new JsonObject();
        object.forEach(entry -> copy.put(entry.getKey(), visit(entry.getValue())));
        return copy;
    }

    private Object follow(String pointer) {
        if (resolved.containsKey(pointer)) {
            return resolved.get(pointer);
        }
        if (open.contains(pointer)) {
            throw new IllegalStateException(pointer + ": the reference is circular");
        }
        open.push(pointer);
        Object target = visit(find(pointer));
        if (target instanceof JsonObject object) {
            object.put(NAME, pointer.substring(pointer.lastIndexOf('/') + 1));
        }
        open.pop();
        resolved.put(pointer, target);
        return target;
    }

    private Object find(String pointer) {
        Object target = pointer.startsWith("#/") ? root : null;
        for (String step : pointer.substring(2).split("/", -1)) {
            target = target instanceof JsonObject object ? object.getValue(step) : null;
        }
        if (target == null) {
            throw new IllegalStateException(pointer + ": not found in conf/openapi.yaml");
        }
        return target;
    }
}
