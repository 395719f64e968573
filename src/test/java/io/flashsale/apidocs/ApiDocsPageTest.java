package io.flashsale.apidocs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.http.middleware.ContractFormats;
import io.flashsale.http.problem.ApiError;
import io.flashsale.openapi.Contract;
import io.flashsale.openapi.Operation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ApiDocsPageTest {
    private static final Contract CONTRACT = ContractFormats.contract();
    private static final ApiDocsPage PAGE = new ApiDocs(CONTRACT).page();
    private static final String HTML = PAGE.html().toString();

    private static List<String> all(String pattern) {
        return Pattern.compile(pattern)
                .matcher(HTML)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void everyOperationAndErrorCodeHasAnAnchor() {
        Set<String> anchors = Set.copyOf(all(" id=\"([^\"]*)\""));

        for (Operation operation : CONTRACT.operations()) {
            assertTrue(anchors.contains(operation.model().getString("operationId")), operation.name());
        }
        for (ApiError error : ApiError.values()) {
            assertTrue(anchors.contains(error.code()), error.code());
        }
    }

    @Test
    void anchorsAreUniqueAndEveryLinkHasATarget() {
        List<String> anchors = all(" id=\"([^\"]*)\"");

        assertEquals(anchors.size(), new HashSet<>(anchors).size());
        assertEquals(
                List.of(),
                all("href=\"#([^\"]*)\"").stream()
                        .filter(to -> !anchors.contains(to))
                        .toList());
    }

    @Test
    void thereAreNoExternalResources() {
        assertEquals(Set.of("data:,", "/openapi.yaml"), Set.copyOf(all("(?:href|src|action)=\"([^#\"][^\"]*)\"")));
        assertFalse(HTML.contains("url("), "a style that loads something");
        assertFalse(HTML.contains("@import"), "a style that loads something");
        assertFalse(HTML.contains("<script"), "a script");
        assertFalse(HTML.contains(" style="), "a style that the policy does not name");
    }

    @Test
    void thePolicyHasTheHashOfTheStyle() throws Exception {
        Matcher style = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL).matcher(HTML);
        assertTrue(style.find());

        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(style.group(1).getBytes(StandardCharsets.UTF_8));

        assertEquals("sha256-" + Base64.getEncoder().encodeToString(digest), PAGE.styleHash());
    }

    @Test
    void everyTagIsClosedInOrder() {
        Set<String> single = Set.of("meta", "link", "wbr", "!doctype");
        java.util.ArrayDeque<String> open = new java.util.ArrayDeque<>();
        String body = HTML.replaceAll("(?s)<style>.*?</style>", "");

        for (MatchResult tag : Pattern.compile("<(/?)([!a-z0-9]+)[^>]*>")
                .matcher(body)
                .results()
                .toList()) {
            if (!single.contains(tag.group(2))) {
                if (tag.group(1).isEmpty()) {
                    open.push(tag.group(2));
                } else {
                    assertEquals(open.pop(), tag.group(2));
                }
            }
        }

        assertTrue(open.isEmpty(), open.toString());
    }

    @Test
    void textOfTheContractIsEscaped() {
        String text = CONTRACT.text().toString().replace("summary: Buy\n", "summary: Buy <script>alert(1)</script>\n");

        String page = new ApiDocs(ContractFormats.contract(text)).page().html().toString();

        assertTrue(page.contains("Buy &lt;script&gt;"));
        assertFalse(page.contains("<script"));
    }
}
