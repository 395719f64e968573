package io.flashsale.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
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

/** Mail on its way to a real SMTP server. */
@ExtendWith(VertxExtension.class)
class SmtpMailerIT {
    /** As many connections as the client's pool has, and one more. */
    private static final int MORE_THAN_THE_POOL = 5;

    private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    private final List<SmtpMailer> mailers = new ArrayList<>();

    @BeforeEach
    void startServer() {
        server.start();
    }

    /** MailTemplates under way get their last answer: the client logs an error where the connection ends before that one. */
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

    /** The way to the mail server, and what becomes of those who take it. Its port is taken as long as a test runs. */
    private final class Way {
        private enum State {
            OPEN,
            /** Connections end as soon as they stand. */
            CUT,
            /** Connections stand, and nobody answers on them, ever. */
            SILENT
        }

        private final NetClient onwards;
        private final NetServer listener;
        private final AtomicInteger connections = new AtomicInteger();
        private final CompletableFuture<Void> firstEnded = new CompletableFuture<>();
        private volatile State state;

        private Way(Vertx vertx, State state) throws Exception {
            this.state = state;
            onwards = vertx.createNetClient();
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
                case OPEN -> {
                    socket.pause();
                    onwards.connect(server.getSmtp().getPort(), "127.0.0.1").onSuccess(onward -> {
                        socket.pipeTo(onward);
                        onward.pipeTo(socket);
                    });
                }
                case CUT -> socket.close();
                case SILENT -> socket.handler(unread -> {});
            }
        }

        private void awaitConnections(int count) throws InterruptedException {
            for (int i = 0; i < 1_500 && connections.get() < count; i++) {
                Thread.sleep(20);
            }
            assertTrue(connections.get() >= count, () -> connections + " of " + count + " connections came");
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
    void triesAgainUntilTheServerIsThere(Vertx vertx) throws Exception {
        // given
        Way way = new Way(vertx, Way.State.CUT);
        mailer(vertx, way.port()).send(code("ada@example.com"));
        way.awaitConnections(1);

        // when
        way.state = Way.State.OPEN;

        // then
        assertTrue(server.waitForIncomingEmail(20_000, 1));
    }

    @Test
    void closedItDeliversWhatIsUnderWayAndEndsItsConnections(Vertx vertx) throws Exception {
        // given
        Way way = new Way(vertx, Way.State.OPEN);
        SmtpMailer mailer = mailer(vertx, way.port());
        mailer.send(code("ada@example.com"));

        // when
        close(mailer);

        // then
        assertEquals(1, server.getReceivedMessages().length);
        way.firstEnded.get(30, TimeUnit.SECONDS);
    }

    @Test
    void closedItDoesNotTryAgain(Vertx vertx) throws Exception {
        // given: a mail that waits for its second try; one whose first has not ended quite yet is dropped as well
        Way way = new Way(vertx, Way.State.CUT);
        SmtpMailer mailer = mailer(vertx, way.port());
        mailer.send(code("ada@example.com"));
        way.firstEnded.get(30, TimeUnit.SECONDS);
        Thread.sleep(200);

        // when
        close(mailer);
        way.state = Way.State.OPEN;

        // then
        assertFalse(server.waitForIncomingEmail(1_500, 1));
        assertEquals(1, way.connections.get());
    }

    /** Connections on which no answer comes must not keep their places in the pool: the client itself waits for ever. */
    @Test
    void aServerThatFellSilentOnAllConnectionsIsUsedAgainOnceItAnswers(Vertx vertx) throws Exception {
        // given: more mails than connections in the pool, of which one has come to its second try
        Way way = new Way(vertx, Way.State.SILENT);
        SmtpMailer mailer = mailer(vertx, way.port(), "disabled", Duration.ofSeconds(1));
        for (int i = 0; i < MORE_THAN_THE_POOL; i++) {
            mailer.send(code("silence-" + i + "@example.com"));
        }
        way.awaitConnections(MORE_THAN_THE_POOL + 1);

        // when
        way.state = Way.State.OPEN;
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
