package io.flashsale.web;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Deque's rules of accessibility, tried on what a page shows just now. */
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

    /** What is serious or critical, in light and in dark. */
    static List<String> findings(Page page) {
        List<String> findings = new ArrayList<>();
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            // By way of the debugger, which the page's Content-Security-Policy does not bind.
            page.evaluate(SOURCE + "; 0");
            ((List<?>) page.evaluate(RUN)).forEach(finding -> findings.add(scheme + " " + finding));
        }
        return findings;
    }

    private static String read(String resource) {
        try (InputStream in = Axe.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
