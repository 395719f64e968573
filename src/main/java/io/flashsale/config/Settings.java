package io.flashsale.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Holds the value of every setting as text. Later sources override earlier ones. */
final class Settings {
    private static final String DEFAULTS = "/conf/flash-sale.yaml";

    private final Map<String, String> values;
    private final List<String> errors;

    private Settings(Map<String, String> values, List<String> errors) {
        this.values = values;
        this.errors = errors;
    }

    /** Reads the defaults in the jar, then the operator's file, then the environment. */
    static Settings read(Map<String, String> environment) {
        List<String> errors = new ArrayList<>();
        Map<String, String> values = defaults();
        String file = environment.get(SettingNames.FILE);
        if (file != null && !file.isBlank()) {
            readFile(file, values, errors);
        }
        readEnvironment(environment, values, errors);
        return new Settings(values, errors);
    }

    /** Returns every setting with its default; the value is empty if there is no default. */
    static Map<String, String> defaults() {
        try (InputStream file = Settings.class.getResourceAsStream(DEFAULTS)) {
            Map<String, String> values = new LinkedHashMap<>();
            flatten("", load(new String(file.readAllBytes(), StandardCharsets.UTF_8)), values);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readFile(String file, Map<String, String> values, List<String> errors) {
        Map<String, String> given = new LinkedHashMap<>();
        try {
            flatten("", load(Files.readString(Path.of(file))), given);
        } catch (IOException | InvalidPathException e) {
            errors.add(SettingNames.FILE + " = " + file + ": must name a readable file in UTF-8");
        } catch (YAMLException | ClassCastException e) {
            errors.add(SettingNames.FILE + " = " + file
                    + ": must be YAML without duplicate keys, such as conf/flash-sale.yaml");
        }
        given.forEach((key, value) -> {
            if (values.containsKey(key)) {
                values.put(key, value);
            } else {
                errors.add(key + ": is not a setting" + suggestion(key, values.keySet()));
            }
        });
    }

    private static void readEnvironment(
            Map<String, String> environment, Map<String, String> values, List<String> errors) {
        SettingNames.SHORT.forEach((name, key) -> {
            if (environment.containsKey(name)) {
                values.put(key, environment.get(name));
            }
        });
        Map<String, String> keys = new TreeMap<>();
        values.keySet().forEach(key -> keys.put(SettingNames.inEnvironment(key), key));
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!name.startsWith(SettingNames.PREFIX) || name.equals(SettingNames.FILE)) {
                return;
            }
            if (keys.containsKey(name)) {
                values.put(keys.get(name), value);
            } else {
                errors.add(name + ": is not a setting" + suggestion(name, keys.keySet()));
            }
        });
    }

    private static Object load(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        return new Yaml(new SafeConstructor(options)).load(new StringReader(text));
    }

    private static void flatten(String path, Object node, Map<String, String> into) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> flatten(path.isEmpty() ? "" + key : path + "." + key, value, into));
        } else if (node instanceof List<?> list) {
            into.put(path, String.join(",", list.stream().map(String::valueOf).toList()));
        } else if (!path.isEmpty()) {
            into.put(path, node == null ? "" : String.valueOf(node));
        } else if (node != null) {
            throw new ClassCastException("the file is not a map of settings");
        }
    }

    /** Suggests the most similar name, because most typos change only a letter or two. */
    private static String suggestion(String name, Set<String> names) {
        String best = "";
        int bestDistance = 4;
        for (String candidate : names) {
            int distance = distance(name, candidate);
            if (distance < bestDistance) {
                best = "; did you mean " + candidate + "?";
                bestDistance = distance;
            }
        }
        return best;
    }

    /** Computes the Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substituted, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    String text(String key) {
        if (!has(key)) {
            throw new IllegalStateException("conf/flash-sale.yaml lacks " + key);
        }
        return values.get(key).trim();
    }

    List<String> errors() {
        return errors;
    }
}
