package io.flashsale.gate;

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
import io.vertx.junit5.VertxExtension;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Mail on its way to a real SMTP server. */
@ExtendWith(VertxExtension.class)
class SmtpMailerIT {
    private static SmtpMailer mailer(Vertx vertx, int port) {
        return new SmtpMailer(
                vertx,
                new SmtpMailer.Settings(
                        URI.create("smtp://127.0.0.1:" + port + "?starttls=disabled"),
                        "shop@example.com",
                        10,
                        Duration.ofSeconds(2)));
    }

    @Test
    void deliversBothParts(Vertx vertx) throws Exception {
        // given
        GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();

        // when
        mailer(vertx, server.getSmtp().getPort())
                .send(Mails.signInCode("ada@example.com", "123456", Duration.ofMinutes(5)));

        // then
        assertTrue(server.waitForIncomingEmail(10_000, 1));
        String whole = GreenMailUtil.getWholeMessage(server.getReceivedMessages()[0]);
        assertTrue(whole.contains("text/plain") && whole.contains("text/html"), whole);
        assertTrue(whole.contains("123456"), whole);
        assertEquals("Your sign-in code", server.getReceivedMessages()[0].getSubject());
        server.stop();
    }

    @Test
    void sendsNothingInTheClearWhereEncryptionIsRequired(Vertx vertx) throws Exception {
        // given: a server that does not offer STARTTLS
        GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        SmtpMailer strict = new SmtpMailer(
                vertx,
                new SmtpMailer.Settings(
                        URI.create("smtp://127.0.0.1:" + server.getSmtp().getPort() + "?starttls=required"),
                        "shop@example.com",
                        10,
                        Duration.ofSeconds(2)));

        // when
        strict.send(Mails.signInCode("ada@example.com", "123456", Duration.ofMinutes(5)));

        // then
        assertFalse(server.waitForIncomingEmail(1_500, 1));
        server.stop();
    }

    @Test
    void triesAgainUntilTheServerIsThere(Vertx vertx) throws Exception {
        // given
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        mailer(vertx, port).send(Mails.signInCode("ada@example.com", "654321", Duration.ofMinutes(5)));
        Thread.sleep(200);

        // when
        GreenMail server = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();

        // then
        assertTrue(server.waitForIncomingEmail(20_000, 1));
        server.stop();
    }

    @Test
    void closedItDeliversWhatIsUnderWayAndEndsItsConnections(Vertx vertx) throws Exception {
        // given: a way to the server on which connections can be seen to end
        GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        NetClient onwards = vertx.createNetClient();
        NetServer way = await(vertx.createNetServer()
                .connectHandler(socket -> {
                    socket.pause();
                    onwards.connect(server.getSmtp().getPort(), "127.0.0.1").onSuccess(onward -> {
                        socket.pipeTo(onward);
                        onward.pipeTo(socket);
                    });
                    socket.closeHandler(closed -> ended.complete(null));
                })
                .listen(0, "127.0.0.1"));
        SmtpMailer mailer = mailer(vertx, way.actualPort());
        mailer.send(Mails.signInCode("ada@example.com", "123456", Duration.ofMinutes(5)));

        // when
        await(mailer.close());

        // then
        assertEquals(1, server.getReceivedMessages().length);
        ended.get(30, TimeUnit.SECONDS);
        server.stop();
    }

    @Test
    void closedItDoesNotTryAgain(Vertx vertx) throws Exception {
        // given: a mail that waits for its second try
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        SmtpMailer mailer = mailer(vertx, port);
        mailer.send(Mails.signInCode("ada@example.com", "654321", Duration.ofMinutes(5)));
        Thread.sleep(200);

        // when
        await(mailer.close());
        GreenMail server = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();

        // then
        assertFalse(server.waitForIncomingEmail(1_500, 1));
        server.stop();
    }

    @Test
    void aServerThatDoesNotAnswerIsTriedAgain(Vertx vertx) throws Exception {
        // given
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(60_000);
            SmtpMailer mailer = new SmtpMailer(
                    vertx,
                    new SmtpMailer.Settings(
                            URI.create("smtp://127.0.0.1:" + server.getLocalPort() + "?starttls=disabled"),
                            "shop@example.com",
                            10,
                            Duration.ofMillis(200)));

            // when
            mailer.send(Mails.signInCode("ada@example.com", "123456", Duration.ofMinutes(5)));

            // then
            try (Socket silent = server.accept();
                    Socket again = server.accept()) {
                assertTrue(silent.isConnected() && again.isConnected());
            }
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
