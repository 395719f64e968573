package io.flashsale.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
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
}
