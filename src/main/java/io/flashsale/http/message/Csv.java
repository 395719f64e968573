package io.flashsale.http.message;

import java.util.List;
import java.util.stream.Collectors;

/** Writes lines of CSV (RFC 4180). */
public final class Csv {
    private Csv() {}

    public static String line(List<?> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String cell(Object value) {
        String text = value instanceof String given ? neutralized(given) : String.valueOf(value);
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** Puts a quote before text that a spreadsheet would run as a formula (OWASP, CSV injection). */
    private static String neutralized(String text) {
        return !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
