package io.flashsale.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.flashsale.support.Polling;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.junit5.VertxExtension;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests delivery to a real SMTP server. */
@ExtendWith(VertxExtension.class)
class SmtpMailerIT {
    /** One more than the connections in the client's pool. */
    private static final int MORE_THAN_THE_POOL = 5;

    private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    private final List<SmtpMailer> mailers = new ArrayList<>();

    @BeforeEach
    void startServer() {
        server.start();
    }

    /** Lets deliveries in progress get their last reply: the client logs an error if the connection ends before it. */
    @AfterEach
    void stopServer() throws Exception {
        for (SmtpMailer mailer : List.copyOf(mailers)) {
            close(mailer);
        }
        server.stop();
    }

    private SmtpMailer mailer(Vertx vertx, int port, String starttls, Duration timeout) {
        SmtpMailer mailer = new SmtpMailer(
                vertx,
                new SmtpMailer.Settings(
                        URI.create("smtp://127.0.0.1:" + port + "?starttls=" + starttls),
                        "shop@example.com",
                        10,
                        timeout));
        mailers.add(mailer);
        return mailer;
    }

    private SmtpMailer mailer(Vertx vertx, int port) {
        return mailer(vertx, port, "disabled", Duration.ofSeconds(2));
    }

    private static Mail code(String to) {
        return MailTemplates.signInCode(to, "123456", Duration.ofMinutes(5));
    }

    /** Forwards connections to the mail server, or disturbs them. It keeps its port for the whole test. */
    private final class ProxyServer {
        private enum State {
            FORWARDING,
            /** Closes connections as soon as they are accepted. */
            CLOSING,
            /** Accepts connections and never answers. */
            SILENT
        }

        private final NetClient forwardingClient;
        private final NetServer listener;
        private final AtomicInteger connections = new AtomicInteger();
        private final CompletableFuture<Void> firstEnded = new CompletableFuture<>();
        private volatile State state;

        private ProxyServer(Vertx vertx, State state) throws Exception {
            this.state = state;
            forwardingClient = vertx.createNetClient();
            listener = await(
                    vertx.createNetServer().connectHandler(this::connected).listen(0, "127.0.0.1"));
        }

        private int port() {
            return listener.actualPort();
        }

        private void connected(NetSocket socket) {
            connections.incrementAndGet();
            socket.closeHandler(closed -> firstEnded.complete(null));
            switch (state) {
                case FORWARDING -> {
                    socket.pause();
                    forwardingClient
                            .connect(server.getSmtp().getPort(), "127.0.0.1")
                            .onSuccess(upstream -> {
                                socket.pipeTo(upstream);
                                upstream.pipeTo(socket);
                            });
                }
                case CLOSING -> socket.close();
                case SILENT -> socket.handler(unread -> {});
            }
        }

        private void awaitConnections(int count) {
            Polling.await(
                    count + " connections",
                    Duration.ofSeconds(30),
                    Duration.ofMillis(20),
                    () -> connections.get() >= count);
        }
    }

    @Test
    void deliversBothParts(Vertx vertx) throws Exception {
        // when
        mailer(vertx, server.getSmtp().getPort()).send(code("ada@example.com"));

        // then
        assertTrue(server.waitForIncomingEmail(10_000, 1));
        String whole = GreenMailUtil.getWholeMessage(server.getReceivedMessages()[0]);
        assertTrue(whole.contains("text/plain") && whole.contains("text/html"), whole);
        assertTrue(whole.contains("123456"), whole);
        assertEquals("Your sign-in code", server.getReceivedMessages()[0].getSubject());
    }

    @Test
    void sendsNothingInTheClearWhereEncryptionIsRequired(Vertx vertx) throws Exception {
        // given: a server that does not offer STARTTLS
        SmtpMailer strict = mailer(vertx, server.getSmtp().getPort(), "required", Duration.ofSeconds(2));

        // when
        strict.send(code("ada@example.com"));

        // then
        assertFalse(server.waitForIncomingEmail(1_500, 1));
    }

    @Test
    void retriesUntilTheServerIsAvailable(Vertx vertx) throws Exception {
        // given
        ProxyServer proxy = new ProxyServer(vertx, ProxyServer.State.CLOSING);
        mailer(vertx, proxy.port()).send(code("ada@example.com"));
        proxy.awaitConnections(1);

        // when
        proxy.state = ProxyServer.State.FORWARDING;

        // then
        assertTrue(server.waitForIncomingEmail(20_000, 1));
    }

    @Test
    void closeCompletesDeliveriesInProgressAndClosesConnections(Vertx vertx) throws Exception {
        // given
        ProxyServer proxy = new ProxyServer(vertx, ProxyServer.State.FORWARDING);
        SmtpMailer mailer = mailer(vertx, proxy.port());
        mailer.send(code("ada@example.com"));

        // when
        close(mailer);

        // then
        assertEquals(1, server.getReceivedMessages().length);
        proxy.firstEnded.get(30, TimeUnit.SECONDS);
    }

    @Test
    void noRetryHappensAfterClose(Vertx vertx) throws Exception {
        // given: a mail that waits for its retry; if its first attempt has not ended yet, it is dropped as well
        ProxyServer proxy = new ProxyServer(vertx, ProxyServer.State.CLOSING);
        SmtpMailer mailer = mailer(vertx, proxy.port());
        mailer.send(code("ada@example.com"));
        proxy.firstEnded.get(30, TimeUnit.SECONDS);
        Thread.sleep(200);

        // when
        close(mailer);
        proxy.state = ProxyServer.State.FORWARDING;

        // then
        assertFalse(server.waitForIncomingEmail(1_500, 1));
        assertEquals(1, proxy.connections.get());
    }

    /** Connections without a reply must not occupy the pool: the client has no timeout of its own. */
    @Test
    void aServerThatStoppedRespondingIsUsedAgainOnceItResponds(Vertx vertx) throws Exception {
        // given: more mails than connections in the pool, one of them in its second attempt
        ProxyServer proxy = new ProxyServer(vertx, ProxyServer.State.SILENT);
        SmtpMailer mailer = mailer(vertx, proxy.port(), "disabled", Duration.ofSeconds(1));
        for (int i = 0; i < MORE_THAN_THE_POOL; i++) {
            mailer.send(code("silence-" + i + "@example.com"));
        }
        proxy.awaitConnections(MORE_THAN_THE_POOL + 1);

        // when
        proxy.state = ProxyServer.State.FORWARDING;
        mailer.send(code("after@example.com"));

        // then
        assertTrue(arrived("after@example.com"));
    }

    private boolean arrived(String address) throws Exception {
        for (int i = 0; i < 1_500; i++) {
            for (MimeMessage message : server.getReceivedMessages()) {
                if (message.getAllRecipients()[0].toString().equals(address)) {
                    return true;
                }
            }
            Thread.sleep(20);
        }
        return false;
    }

    private void close(SmtpMailer mailer) throws Exception {
        mailers.remove(mailer);
        await(mailer.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
