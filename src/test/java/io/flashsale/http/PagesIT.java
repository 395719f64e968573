package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.RawHttp;
import java.net.http.HttpRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how the pages and their assets are served. */
class PagesIT {
    private static TestNode node;
    private static Client client;

    @BeforeAll
    static void start() {
        node = TestNode.builder().with("FLASHSALE_LIMITS_READ_IP", "1/60s").start();
        client = node.client();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String versioned(String asset) {
        Matcher version = Pattern.compile("/assets/([0-9a-f]{12})/")
                .matcher(client.get("/").body());
        assertTrue(version.find());
        return "/assets/" + version.group(1) + "/" + asset;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/admin"})
    void aPageIsRevalidatedOnEachVisit(String path) {
        // when
        Answer page = client.get(path);
        Answer again = client.get(path, "If-None-Match", page.header("etag"));

        // then
        assertEquals(200, page.status());
        assertEquals("text/html; charset=utf-8", page.header("content-type"));
        assertEquals("no-cache", page.header("cache-control"));
        assertTrue(page.header("content-security-policy").startsWith("default-src 'self';"));
        assertTrue(page.body().startsWith("<!doctype html>"));
        assertEquals(304, again.status());
        assertEquals("", again.body());
    }

    @Test
    void anAssetIsCachedForeverUnderTheHashOfItsContent() {
        // when
        Answer asset = client.get(versioned("texts.js"));
        Answer other = client.get("/assets/000000000000/texts.js");

        // then
        assertEquals(200, asset.status());
        assertEquals("text/javascript; charset=utf-8", asset.header("content-type"));
        assertEquals("public, max-age=31536000, immutable", asset.header("cache-control"));
        assertEquals("nosniff", asset.header("x-content-type-options"));
        assertEquals(200, other.status(), "a page of another version");
        assertEquals("no-cache", other.header("cache-control"));
    }

    @Test
    void textIsCompressedIfTheBrowserAcceptsGzip() {
        // given
        String path = versioned("texts.js");

        // when
        Answer plain = client.get(path);
        Answer gzipped = client.get(path, "Accept-Encoding", "br, gzip;q=0.5");
        Answer refused = client.get(path, "Accept-Encoding", "gzip;q=0");

        // then
        assertEquals("gzip", gzipped.header("content-encoding"));
        assertNull(plain.header("content-encoding"));
        assertNull(refused.header("content-encoding"));
        assertEquals("Accept-Encoding", plain.header("vary"));
        assertNotEquals(plain.header("etag"), gzipped.header("etag"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets/",
                "/assets/x",
                "/assets/x/",
                "/assets/x/nothing.js",
                "/assets/x/../index.html",
                "/assets/x/../../conf/flash-sale.yaml",
                "/assets/x/..%2f..%2fconf/flash-sale.yaml",
                "/assets/x/%2e%2e/%2e%2e/logback.xml",
                "/assets//etc/passwd",
                "/index.html",
                "/web/index.html"
            })
    void unknownFilesAreNotServed(String path) {
        String answer = RawHttp.exchange(
                node.port(), "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertEquals(404, RawHttp.status(answer), answer);
        assertTrue(answer.contains("application/problem+json"), answer);
    }

    @Test
    void assetsAreReadOnly() {
        // when
        Answer posted = client.post("/");
        Answer deleted = client.delete(versioned("texts.js"));
        Answer head = client.send(client.request("/admin").method("HEAD", HttpRequest.BodyPublishers.noBody()));

        // then
        assertEquals(405, posted.status());
        assertEquals("GET, HEAD", posted.header("allow"));
        assertEquals(405, deleted.status());
        assertEquals(200, head.status());
        assertEquals("", head.body());
    }

    /** The rate limit of this node is one read per minute and address. */
    @Test
    void pageLoadsAreNotRateLimited() {
        for (int i = 0; i < 5; i++) {
            Answer page = client.get("/");
            assertEquals(200, page.status());
            assertNull(page.header("ratelimit"));
            assertEquals(200, client.get(versioned("shop/main.js")).status());
        }
    }

    @Test
    void everyResponseHasADate() {
        assertTrue(client.get("/").header("date").matches("\\w{3}, \\d{2} \\w{3} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT"));
    }
}
