package io.flashsale.apidocs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Converts text to HTML. All text of the page passes through this class, so it is escaped. */
final class HtmlFragments {
    private static final Pattern MARK = Pattern.compile("`([^`]+)`|\\*\\*([^*]+)\\*\\*");

    private HtmlFragments() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** Converts the inline CommonMark that the contract uses: code and strong. */
    static String inline(String text) {
        Matcher mark = MARK.matcher(text);
        StringBuilder html = new StringBuilder();
        int end = 0;
        while (mark.find()) {
            html.append(escape(text.substring(end, mark.start())));
            html.append(mark.group(1) != null ? code(mark.group(1)) : "<strong>" + escape(mark.group(2)) + "</strong>");
            end = mark.end();
        }
        return html.append(escape(text.substring(end))).toString();
    }

    /** Converts text whose paragraphs are separated by empty lines. */
    static String paragraphs(String text) {
        return text == null
                ? ""
                : Stream.of(text.strip().split("\n\\s*\n"))
                        .map(paragraph -> "<p>" + inline(paragraph.replace('\n', ' ')) + "</p>\n")
                        .collect(Collectors.joining());
    }

    static String code(String text) {
        return "<code>" + escape(text) + "</code>";
    }

    /** Converts a path and allows line breaks after its slashes. */
    static String path(String path) {
        return escape(path).replace("/", "/<wbr>").replaceFirst("^/<wbr>", "/");
    }

    static String link(String anchor, String html) {
        return "<a href=\"#" + escape(anchor) + "\">" + html + "</a>";
    }

    /** Creates a block of preformatted text that can be scrolled with the keyboard. */
    static String block(String label, String text) {
        return "<figure><figcaption>" + escape(label) + "</figcaption><pre tabindex=\"0\"><code>"
                + escape(text.stripTrailing()) + "</code></pre></figure>\n";
    }
}
