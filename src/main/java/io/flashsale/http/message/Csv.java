package io.flashsale.http.message;

import java.util.List;
import java.util.stream.Collectors;

/** Lines of a table as RFC 4180 has them. */
public final class Csv {
    private Csv() {}

    public static String line(List<?> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String cell(Object value) {
        String text = value instanceof String given ? harmless(given) : String.valueOf(value);
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** A spreadsheet runs what begins like a formula (OWASP, CSV injection); a quote in front makes it a text. */
    private static String harmless(String text) {
        return !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
