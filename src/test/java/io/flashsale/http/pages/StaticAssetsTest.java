package io.flashsale.http.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the content of the pages. */
class StaticAssetsTest {
    private static final Pattern IMPORT =
            Pattern.compile("(?:^|[;\\s])(?:import|export)\\s*(?:[\\w{}*,\\s$]+from\\s*)?[\"']([^\"']+)[\"']");

    private static final Pattern LOADED = Pattern.compile("(?:src|href)=\"/assets/([^\"]+)\"");

    private final StaticAssets assets = StaticAssets.load();

    @ParameterizedTest
    @CsvSource({"index.html, shop/main.js", "admin.html, admin/main.js"})
    void everyImportedModuleIsPreloaded(String page, String main) {
        // given
        Set<String> needed = new TreeSet<>();
        collect(main, needed);

        // when
        Set<String> told = new TreeSet<>();
        Matcher loaded = LOADED.matcher(text(assets.page(page)).replace("/assets/" + assets.version(), "/assets"));
        while (loaded.find()) {
            if (loaded.group(1).endsWith(".js")) {
                told.add(loaded.group(1));
            }
        }

        // then
        assertEquals(needed, told);
    }

    /** Follows the imports; each must be relative and must exist. */
    private void collect(String module, Set<String> seen) {
        if (!seen.add(module)) {
            return;
        }
        String text = text(assets.asset(module).orElseThrow(() -> new AssertionError("no module " + module)));
        Matcher imports = IMPORT.matcher(text);
        while (imports.find()) {
            assertTrue(imports.group(1).startsWith("."), module + " imports " + imports.group(1));
            collect(Path.of(module).resolveSibling(imports.group(1)).normalize().toString(), seen);
        }
    }

    @ParameterizedTest
    @CsvSource({"index.html", "admin.html"})
    void aPageHasNoInlineCode(String page) {
        String html = text(assets.page(page));

        assertFalse(html.contains("<style"), html);
        assertFalse(Pattern.compile("<script(?![^>]* src=)").matcher(html).find(), html);
        assertFalse(Pattern.compile("\\s(?:style|on\\w+)=").matcher(html).find(), html);
    }

    @ParameterizedTest
    @CsvSource({"index.html", "admin.html"})
    void everythingThatAPageLoadsExists(String page) {
        Matcher loaded = LOADED.matcher(text(assets.page(page)).replace("/assets/" + assets.version(), "/assets"));
        int count = 0;
        while (loaded.find()) {
            count++;
            assertTrue(assets.asset(loaded.group(1)).isPresent(), loaded.group(1));
        }
        assertTrue(count > 5);
    }

    @Test
    void licencesAreIncluded() {
        for (String licence :
                new String[] {"vendor/lit-html/LICENSE", "vendor/uplot/LICENSE", "fonts/archivo-OFL.txt"}) {
            assertTrue(assets.asset(licence).isPresent(), licence);
        }
    }

    private static String text(StaticAssets.File file) {
        return file.bytes().toString(StandardCharsets.UTF_8);
    }
}
