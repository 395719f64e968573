package io.flashsale.http.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvTest {
    @Test
    void aLineEndsWithCrLfAsInRfc4180() {
        assertEquals("a,1,,b c\r\n", Csv.line(List.of("a", 1, "", "b c")));
    }

    @Test
    void delimitersAreQuoted() {
        assertEquals(
                "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\"\r\n",
                Csv.line(List.of("a,b", "say \"hi\"", "two\nlines", "cr\r")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"=1+1|'=1+1", "+1|'+1", "-1|'-1", "@SUM(A1)|'@SUM(A1)", "a=1|a=1"})
    void formulasAreNeutralized(String text, String expected) {
        assertEquals(expected + "\r\n", Csv.line(List.of(text)));
    }

    @Test
    void formulasAfterInvisibleCharactersAreNeutralized() {
        assertEquals("'\t=1\r\n", Csv.line(List.of("\t=1")));
        assertEquals("\"'\r=1\"\r\n", Csv.line(List.of("\r=1")));
        assertEquals("\"'=HYPERLINK(\"\"x\"\")\"\r\n", Csv.line(List.of("=HYPERLINK(\"x\")")));
    }

    @Test
    void aNumberIsNotNeutralized() {
        assertEquals("-5\r\n", Csv.line(List.of(-5)));
    }
}
