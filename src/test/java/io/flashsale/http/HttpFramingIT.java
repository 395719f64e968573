package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests that no client library sends, over raw sockets. */
class HttpFramingIT {
    private static final String JSON = "Content-Type: application/json\r\n";
    /** A request that an attacker hides after another one, so that the server takes it for the next. */
    private static final String SMUGGLED = "GET /thing HTTP/1.1\r\nHost: x\r\n\r\n";

    private static TestServer server;

    @BeforeAll
    static void start() {
        TestServer.Setup setup = new TestServer.Setup();
        setup.routes = (table, vertx) -> table.add(
                HttpMethod.POST,
                "/shut",
                ctx -> ctx.fail(new ApiException(ApiError.NOT_AUTHENTICATED, "not signed in")),
                TestServer.steps(ctx -> JsonResponses.empty(ctx, 204)));
        server = setup.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String post(String headers, String body) {
        return "POST /echo HTTP/1.1\r\nHost: x\r\n" + JSON + headers + "\r\n" + body;
    }

    @Test
    void answersPipelinedRequests() throws IOException {
        // given
        try (RawSocket socket = new RawSocket(server.port())) {
            socket.send(post("Content-Length: 2\r\n", "{}") + SMUGGLED);

            // when
            String first = socket.readResponse();
            String second = socket.readResponse();

            // then
            assertTrue(first.contains("\"read\":2"), first);
            assertTrue(second.contains("\"hello\""), second);
        }
    }

    @Test
    void aContentLengthNextToChunksSmugglesNothing() throws IOException {
        // when
        String read = server.toTheEnd(
                post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n") + SMUGGLED);

        // then
        assertEquals(1, RawSocket.countResponses(read), read);
        assertTrue(read.contains("Connection: close"), read);
    }

    @Test
    void bytesAfterTheChunksAreNotRead() throws IOException {
        // when
        String read =
                server.toTheEnd(post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n1\r\n \r\n0\r\n\r\n") + SMUGGLED);

        // then
        assertTrue(read.startsWith("HTTP/1.1 200 "), read);
        assertTrue(read.contains("\"read\":3"), read);
        assertEquals(1, RawSocket.countResponses(read), read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\nContent-Length: 3\r\n",
                "Content-Length: 2\r\nContent-Length: 2\r\n",
                "Content-Length: 2, 2\r\n",
                "Content-Length: +2\r\n",
                "Content-Length: -2\r\n",
                "Content-Length: 0x2\r\n",
                "Content-Length: 2 \u000b\r\n",
                "Content-Length : 2\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Host: y\r\nContent-Length: 2\r\n",
                "X-A: a\u0000b\r\nContent-Length: 2\r\n",
                "X A: a\r\nContent-Length: 2\r\n"
            })
    void ambiguousFramingIsRejected(String headers) throws IOException {
        // when
        String read = server.toTheEnd(post(headers, "{}") + SMUGGLED);

        // then
        assertTrue(read.startsWith("HTTP/1.1 400 "), read);
        assertTrue(read.contains("\"code\":\"malformed-request\""), read);
        assertEquals(1, RawSocket.countResponses(read), read);
        assertFalse(read.contains("hello"), read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\n{}\r\n0\r\n\r\n",
                "-2\r\n{}\r\n0\r\n\r\n",
                "0x2\r\n{}\r\n0\r\n\r\n",
                "2\r\n{}XX0\r\n\r\n",
                "99999999999999999999\r\n{}\r\n0\r\n\r\n",
                "\r\n{}\r\n0\r\n\r\n"
            })
    void anInvalidChunkClosesTheConnection(String body) throws IOException {
        // when
        String read = server.toTheEnd(post("Transfer-Encoding: chunked\r\n", body) + SMUGGLED);

        // then
        assertFalse(read.contains(" 200 "), read);
        assertFalse(read.contains("hello"), read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xchunked\r\nContent-Length: 2",
                "gzip, chunked",
                "identity, chunked",
                "chunked, identity",
                "chunked, chunked",
                "identity",
                "chunked\r\nTransfer-Encoding: chunked",
                "chunked\r\nTransfer-Encoding: identity",
                "\u000bchunked",
                "\"chunked\"",
                "chunked;a=b",
                ""
            })
    void otherTransferEncodingsAreRejected(String encoding) throws IOException {
        // when
        String read =
                server.toTheEnd(post("Transfer-Encoding: " + encoding + "\r\n", "2\r\n{}\r\n0\r\n\r\n") + SMUGGLED);

        // then
        assertTrue(read.startsWith("HTTP/1.1 400 "), read);
        assertTrue(read.contains("\"code\":\"malformed-request\""), read);
        assertEquals(1, RawSocket.countResponses(read), read);
    }

    @Test
    void chunksRequireHttp11() throws IOException {
        // when
        String read = server.toTheEnd(
                "POST /echo HTTP/1.0\r\nHost: x\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");

        // then
        assertTrue(read.startsWith("HTTP/1.0 400 "), read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /thing HTTP/1.1\r\n\r\n",
                "GET /thing/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /thing/% HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /thing/%4 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET\r\n\r\n",
                "GET /thing HTTP/banana\r\nHost: x\r\n\r\n"
            })
    void invalidHttpIsAnsweredWithAProblem(String request) throws IOException {
        // when
        String read = server.toTheEnd(request);

        // then
        assertTrue(read.contains(" 400 "), read);
        assertTrue(read.contains("application/problem+json"), read);
        assertTrue(read.contains("X-Request-Id: "), read);
        assertFalse(read.contains("\"requestId\":null"), read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "*", "../thing"})
    void aTargetWithoutAPathIsNotFound(String target) throws IOException {
        // when
        String read = server.toTheEnd("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");

        // then
        assertTrue(read.startsWith("HTTP/1.1 404 "), read);
        assertTrue(read.contains("\"code\":\"not-found\""), read);
    }

    @Test
    void theRequestLineIsLimited() throws IOException {
        // when
        String read = server.toTheEnd("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");

        // then
        assertTrue(read.contains(" 414 "), read);
        assertTrue(read.contains("\"code\":\"uri-too-long\""), read);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 200})
    void oneHeaderAndAllHeadersAreLimited(int headers) throws IOException {
        // given
        String line = "X-A: " + "a".repeat(10_000 / headers) + "\r\n";

        // when
        String read = server.toTheEnd("GET /thing HTTP/1.1\r\nHost: x\r\n" + line.repeat(headers) + "\r\n");

        // then
        assertTrue(read.contains(" 431 "), read);
        assertTrue(read.contains("\"code\":\"headers-too-large\""), read);
    }

    @Test
    void aBodyUpToTheLimitIsRead() throws IOException {
        // when
        String read = server.once(post("Content-Length: 65536\r\n", "a".repeat(65_536)));

        // then
        assertTrue(read.contains("\"read\":65536"), read);
    }

    /**
     * Repeated, because the reset of a socket that is closed with unread bytes overtakes the response only sometimes.
     */
    @RepeatedTest(20)
    void aBodyWithTooLargeALengthIsRejectedAndTheResponseArrives() throws IOException {
        // when
        String read = server.toTheEnd(post("Content-Length: 1048576\r\n", "a".repeat(1_048_576)) + SMUGGLED);

        // then
        assertTrue(read.startsWith("HTTP/1.1 413 "), read);
        assertTrue(read.contains("\"code\":\"body-too-large\""), read);
        assertEquals(1, RawSocket.countResponses(read), read);
    }

    @Test
    void aBodyWithTooLargeALengthNeverReachesTheSecurityHandler() throws IOException {
        // given
        String request = "POST /shut HTTP/1.1\r\nHost: x\r\n" + JSON;

        // when
        String small = server.once(request + "Content-Length: 2\r\n\r\n{}");
        String large = server.once(request + "Content-Length: 65537\r\n\r\n");

        // then
        assertTrue(small.startsWith("HTTP/1.1 401 "), small);
        assertTrue(large.startsWith("HTTP/1.1 413 "), large);
    }

    @RepeatedTest(20)
    void tooManyChunksAreRejectedAndTheResponseArrives() throws IOException {
        // given
        String chunk = "8000\r\n" + "a".repeat(0x8000) + "\r\n";

        // when
        String read = server.toTheEnd(post("Transfer-Encoding: chunked\r\n", chunk.repeat(32) + "0\r\n\r\n"));

        // then
        assertTrue(read.startsWith("HTTP/1.1 413 "), read);
        assertTrue(read.contains("\"code\":\"body-too-large\""), read);
        assertEquals(1, RawSocket.countResponses(read), read);
    }

    @Test
    void expectContinueIsAnswered() throws IOException {
        try (RawSocket socket = new RawSocket(server.port())) {
            // when
            String go = socket.send(post("Content-Length: 2\r\nExpect: 100-continue\r\n", ""))
                    .readResponse();
            String answer = socket.send("{}").readResponse();
            String refusal = server.once(post("Content-Length: 70000\r\nExpect: 100-continue\r\n", ""));

            // then
            assertTrue(go.startsWith("HTTP/1.1 100 "), go);
            assertTrue(answer.contains("\"read\":2"), answer);
            assertTrue(refusal.startsWith("HTTP/1.1 413 "), refusal);
        }
    }

    @Test
    void anH2cUpgradeIsIgnored() throws IOException {
        // when
        String headers = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
        String upgrade = server.once("GET /thing HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");

        // then
        assertTrue(upgrade.startsWith("HTTP/1.1 200 "), upgrade);
    }
}
