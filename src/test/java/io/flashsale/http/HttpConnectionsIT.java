package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.http.message.JsonResponses;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the life cycle of connections. */
class HttpConnectionsIT {
    private static final String GET = "GET /thing HTTP/1.1\r\nHost: x\r\n\r\n";

    /** Each byte arrives well within the idle timeout, but the request never completes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /thing HTTP/1.1\r\nX-Slow: ",
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n",
                GET + "GET /thing HTTP/1.1\r\nX-Slow: "
            })
    void aSlowlorisClientIsDisconnected(String beginning) throws IOException {
        // given
        TestServer.Setup setup = new TestServer.Setup();
        setup.idleTimeout = Duration.ofSeconds(2);
        try (TestServer server = setup.start();
                RawSocket socket = new RawSocket(server.port())) {
            socket.send(beginning);

            // when
            IOException disconnected = assertThrows(IOException.class, () -> {
                for (int i = 0; i < 100; i++) {
                    socket.send("a");
                    TimeUnit.MILLISECONDS.sleep(200);
                }
            });

            // then
            assertFalse(disconnected.getMessage().isEmpty());
        }
    }

    @Test
    void aConnectionThatWaitsForASlowResponseStaysOpen() throws IOException {
        // given
        TestServer.Setup setup = new TestServer.Setup();
        setup.idleTimeout = Duration.ofSeconds(2);
        setup.routes = (table, vertx) ->
                table.add(HttpMethod.GET, "/slow", TestServer.SECURITY_HANDLER, TestServer.steps(ctx -> {
                    // The response sends data, as a stream of events does, but no request arrives.
                    ctx.response().setChunked(true).write("a");
                    long[] beats = {0};
                    vertx.setPeriodic(500, timer -> {
                        ctx.response().write("a");
                        if (++beats[0] == 12) {
                            vertx.cancelTimer(timer);
                            ctx.response().end("end");
                        }
                    });
                }));
        try (TestServer server = setup.start()) {
            // when
            String read = server.toTheEnd("GET /slow HTTP/1.0\r\nHost: x\r\n\r\n");

            // then
            assertTrue(read.endsWith("end"), read);
        }
    }

    @Test
    void theConnectionsOfOnePeerAreLimited() throws IOException {
        // given
        TestServer.Setup setup = new TestServer.Setup();
        setup.maxConnections = 5;
        List<RawSocket> held = new ArrayList<>();
        try (TestServer server = setup.start()) {
            for (int i = 0; i < 5; i++) {
                RawSocket socket = new RawSocket(server.port());
                assertTrue(socket.send(GET).readResponse().contains("200"));
                held.add(socket);
            }

            // when
            RawSocket tooMany = new RawSocket(server.port());

            // then
            assertThrows(IOException.class, () -> tooMany.send(GET).readResponse());

            // when
            held.remove(0).close();

            // then
            assertTrue(eventually(() -> server.once(GET).contains("200")));
            for (RawSocket socket : held) {
                socket.close();
            }
        }
    }

    @Test
    void aStopWaitsForRequestsInProgressOnly() throws Exception {
        // given
        Promise<Void> go = Promise.promise();
        Promise<Void> arrived = Promise.promise();
        TestServer.Setup setup = new TestServer.Setup();
        setup.drainTimeout = Duration.ofSeconds(20);
        setup.routes = (table, vertx) ->
                table.add(HttpMethod.GET, "/slow", TestServer.SECURITY_HANDLER, TestServer.steps(ctx -> {
                    arrived.complete();
                    go.future().onSuccess(now -> JsonResponses.json(ctx, 200, new JsonObject().put("done", true)));
                }));
        try (TestServer server = setup.start();
                RawSocket idle = new RawSocket(server.port());
                RawSocket busy = new RawSocket(server.port())) {
            idle.send(GET).readResponse();
            busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
            TestServer.await(arrived.future());

            // when
            int port = server.port();
            Future<Void> stopped = server.stop();
            assertEquals("", idle.readToEnd());
            assertTrue(eventually(() -> {
                assertThrows(
                        IOException.class, () -> new RawSocket(port).send(GET).readResponse());
                return true;
            }));
            assertFalse(stopped.isComplete());
            go.complete();

            // then
            assertTrue(busy.readResponse().contains("\"done\":true"));
            TestServer.await(stopped);
        }
    }

    @Test
    void aStopDoesNotWaitForever() throws IOException {
        // given
        Promise<Void> arrived = Promise.promise();
        TestServer.Setup setup = new TestServer.Setup();
        setup.drainTimeout = Duration.ofSeconds(1);
        setup.routes = (table, vertx) -> table.add(
                HttpMethod.GET, "/never", TestServer.SECURITY_HANDLER, TestServer.steps(ctx -> arrived.complete()));
        try (TestServer server = setup.start();
                RawSocket busy = new RawSocket(server.port())) {
            busy.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
            TestServer.await(arrived.future());

            // when
            TestServer.await(server.stop());

            // then
            assertEquals("", busy.readToEnd());
        }
    }

    @Test
    void servesTlsFromPemFilesWithStrictTransportSecurity(@TempDir Path folder) throws Exception {
        // given
        KeyStore store = SelfSigned.write(folder, "EC");
        TestServer.Setup setup = new TestServer.Setup();
        setup.tls = Optional.of(new HttpVerticle.Tls(folder.resolve("cert.pem"), folder.resolve("key.pem")));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (TestServer server = setup.start();
                SSLSocket socket = (SSLSocket)
                        context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
            // when
            socket.getOutputStream()
                    .write("GET /thing HTTP/1.0\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String read = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

            // then
            assertTrue(read.contains("\"hello\""), read);
            assertTrue(read.contains("Strict-Transport-Security: max-age=31536000"), read);
            assertTrue(
                    List.of("TLSv1.2", "TLSv1.3").contains(socket.getSession().getProtocol()));
        }
    }

    private interface Check {
        boolean isTrue() throws IOException;
    }

    private static boolean eventually(Check check) {
        CompletableFuture<Boolean> found = CompletableFuture.supplyAsync(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    if (check.isTrue()) {
                        return true;
                    }
                } catch (IOException | AssertionError e) {
                    // Not yet.
                }
            }
            return false;
        });
        return found.completeOnTimeout(false, 15, TimeUnit.SECONDS).join();
    }
}
