package io.flashsale.web;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Checks the current content of a page against Deque's accessibility rules. */
final class Axe {
    private static final String SOURCE = read("/axe.min.js");
    private static final String RUN = """
            async () => {
              const result = await axe.run(document, {resultTypes: ['violations']});
              return result.violations
                .filter(({impact}) => impact === 'serious' || impact === 'critical')
                .map(({id, impact, nodes}) => `${impact} ${id}: ${nodes.map(node =>
                  node.html.slice(0, 160) + ' ' + node.any.map(check => check.message).join('; ')).join(' | ')}`);
            }""";

    private Axe() {}

    /** Returns the serious and critical violations, in light and in dark. */
    static List<String> violations(Page page) {
        List<String> violations = new ArrayList<>();
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            // The debugger evaluates it, so the page's Content-Security-Policy does not apply.
            page.evaluate(SOURCE + "; 0");
            ((List<?>) page.evaluate(RUN)).forEach(violation -> violations.add(scheme + " " + violation));
        }
        return violations;
    }

    private static String read(String resource) {
        try (InputStream in = Axe.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
