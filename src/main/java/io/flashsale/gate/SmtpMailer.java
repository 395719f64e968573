package io.flashsale.gate;

import io.flashsale.async.Futures;
import io.vertx.core.Vertx;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.StartTLSOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers mail by SMTP, trying again with growing pauses for as long as the code in it is worth anything. */
public final class SmtpMailer implements Mailer {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpMailer.class);
    private static final int TRIES = 5;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int SMTPS_PORT = 465;
    private static final int SUBMISSION_PORT = 587;

    /**
     * Where mail goes.
     *
     * @param uri {@code smtp://user:password@host:587} or {@code smtps://…}; {@code ?starttls=required} (the default with
     *     a password), {@code optional} or {@code disabled}
     * @param from sender's address
     * @param maxQueued mails that may be under way or wait for their next try
     * @param timeout for connecting and for each answer
     */
    public record Settings(URI uri, String from, int maxQueued, Duration timeout) {
        /** Refuses what cannot work. */
        public Settings {
            if (uri.getHost() == null || !("smtp".equals(uri.getScheme()) || "smtps".equals(uri.getScheme()))) {
                throw new IllegalArgumentException("uri must be smtp://host:port or smtps://host:port");
            }
            if (maxQueued < 1) {
                throw new IllegalArgumentException("maxQueued must be at least 1");
            }
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Settings[" + uri.getScheme() + "://" + uri.getHost() + ", from=" + from + "]";
        }
    }

    private final Vertx vertx;
    private final MailClient client;
    private final Settings settings;
    private final AtomicInteger queued = new AtomicInteger();

    /** Makes a mailer; one for a node. */
    public SmtpMailer(Vertx vertx, Settings settings) {
        this.vertx = vertx;
        this.settings = settings;
        this.client = MailClient.create(vertx, config(settings));
    }

    private static MailConfig config(Settings settings) {
        URI uri = settings.uri();
        boolean smtps = uri.getScheme().equals("smtps");
        int port = uri.getPort() > 0 ? uri.getPort() : smtps ? SMTPS_PORT : SUBMISSION_PORT;
        MailConfig config = new MailConfig(uri.getHost(), port)
                .setSsl(smtps)
                .setConnectTimeout((int) settings.timeout().toMillis())
                .setMaxPoolSize(4);
        String query = uri.getQuery() == null ? "" : uri.getQuery();
        boolean withPassword = uri.getUserInfo() != null;
        if (query.contains("starttls=disabled") || smtps) {
            config.setStarttls(StartTLSOptions.DISABLED);
        } else if (query.contains("starttls=required") || (withPassword && !query.contains("starttls=optional"))) {
            config.setStarttls(StartTLSOptions.REQUIRED);
        }
        if (withPassword) {
            String[] user = uri.getUserInfo().split(":", 2);
            config.setUsername(user[0]).setPassword(user.length > 1 ? user[1] : "");
        }
        return config;
    }

    @Override
    public void send(Mail mail) {
        if (queued.incrementAndGet() > settings.maxQueued()) {
            queued.decrementAndGet();
            LOG.warn("too many mails wait; one was dropped");
            return;
        }
        attempt(mail, TRIES, FIRST_PAUSE);
    }

    private void attempt(Mail mail, int triesLeft, Duration pause) {
        MailMessage message = new MailMessage()
                .setFrom(settings.from())
                .setTo(mail.to())
                .setSubject(mail.subject())
                .setText(mail.text())
                .setHtml(mail.html());
        Futures.attempt(() -> client.sendMail(message))
                .onSuccess(sent -> queued.decrementAndGet())
                .onFailure(failure -> {
                    if (triesLeft > 1) {
                        vertx.setTimer(pause.toMillis(), timer -> attempt(mail, triesLeft - 1, pause.multipliedBy(2)));
                    } else {
                        queued.decrementAndGet();
                        // Not the message: a server may repeat the address in it.
                        LOG.atWarn()
                                .addKeyValue("reason", failure.getClass().getSimpleName())
                                .log("a mail could not be delivered");
                    }
                });
    }
}
