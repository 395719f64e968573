package io.flashsale.openapi;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Parses YAML into JSON and keeps the order of the keys. */
final class Yaml {
    private Yaml() {}

    static JsonObject parse(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        Object root = new org.yaml.snakeyaml.Yaml(new SafeConstructor(options)).load(text);
        if (json(root) instanceof JsonObject object) {
            return object;
        }
        throw new IllegalStateException("conf/openapi.yaml is not an object");
    }

    private static Object json(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> entries = new LinkedHashMap<>();
            map.forEach((key, entry) -> entries.put(String.valueOf(key), json(entry)));
            return new JsonObject(entries);
        }
        if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(entry -> array.add(json(entry)));
            return array;
        }
        return value;
    }
}
