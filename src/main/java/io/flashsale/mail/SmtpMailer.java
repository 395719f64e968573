package io.flashsale.mail;

import io.flashsale.async.Futures;
import io.flashsale.domain.Requirements;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.StartTLSOptions;
import io.vertx.ext.mail.mailencoder.EmailAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers mail by SMTP, trying again with growing pauses for as long as the code in it is worth anything. */
public final class SmtpMailer implements Mailer {
    /** The domain of a sender: labels of letters, digits and hyphens. */
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63})*");

    private static final Logger LOG = LoggerFactory.getLogger(SmtpMailer.class);
    private static final int TRIES = 5;

    /** A delivery awaits about so many answers. */
    private static final int ANSWERS = 8;

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
        private static final Duration SHORTEST = Duration.ofMillis(100);
        private static final Duration LONGEST = Duration.ofMinutes(10);
        private static final Set<String> OPTIONS =
                Set.of("starttls=required", "starttls=optional", "starttls=disabled");

        /** Refuses what cannot work. */
        public Settings {
            new Requirements()
                    .that(
                            uri.getHost() != null
                                    && ("smtp".equals(uri.getScheme()) || "smtps".equals(uri.getScheme())),
                            "uri must be smtp://user:password@host:587 or smtps://user:password@host:465")
                    .that(
                            uri.getPort() >= -1 && uri.getPort() <= 65_535 && uri.getPort() != 0,
                            "uri must have a port of 1 to 65535")
                    // A mistyped "required" would else mean that passwords and codes may go in the clear.
                    .that(
                            uri.getQuery() == null || OPTIONS.contains(uri.getQuery()),
                            "uri may have one option: starttls=required, starttls=optional or starttls=disabled")
                    .that(
                            isSender(from),
                            "from must be a sender such as no-reply@example.com or Shop <no-reply@example.com>")
                    .that(maxQueued >= 1, "maxQueued must be at least 1")
                    .that(
                            timeout.compareTo(SHORTEST) >= 0 && timeout.compareTo(LONGEST) <= 0,
                            "timeout must be 100ms to 10m")
                    .check();
        }

        /** A mail server of the house may be named without a dot, which no buyer's address is. */
        private static boolean isSender(String text) {
            try {
                String email = new EmailAddress(text).getEmail();
                int at = email.lastIndexOf('@');
                return at > 0 && HOST.matcher(email.substring(at + 1)).matches();
            } catch (IllegalArgumentException e) {
                return false;
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
    private final AtomicInteger underWay = new AtomicInteger();
    private final Promise<Void> idle = Promise.promise();
    private volatile boolean closing;

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
        // A server that falls silent must not keep its connection: there are four, and the client waits for ever.
        config.setIdleTimeout((int) settings.timeout().toMillis()).setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
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
        underWay.incrementAndGet();
        // The client itself waits for an answer for ever, and a mail that waits for ever keeps its place in the queue.
        Futures.attempt(() -> client.sendMail(message))
                .timeout(settings.timeout().multipliedBy(ANSWERS).toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(sent -> queued.decrementAndGet())
                .onFailure(failure -> failed(mail, triesLeft, pause, failure))
                .onComplete(done -> {
                    if (underWay.decrementAndGet() == 0 && closing) {
                        idle.tryComplete();
                    }
                });
    }

    private void failed(Mail mail, int triesLeft, Duration pause, Throwable failure) {
        if (triesLeft > 1 && !closing) {
            vertx.setTimer(pause.toMillis(), timer -> tryAgain(mail, triesLeft - 1, pause.multipliedBy(2)));
        } else {
            queued.decrementAndGet();
            // Not the message: a server may repeat the address in it.
            LOG.atWarn()
                    .addKeyValue("reason", failure.getClass().getSimpleName())
                    .log("a mail could not be delivered");
        }
    }

    private void tryAgain(Mail mail, int triesLeft, Duration pause) {
        if (closing) {
            queued.decrementAndGet();
            LOG.atWarn().addKeyValue("reason", "the node is stopping").log("mail dropped");
        } else {
            attempt(mail, triesLeft, pause);
        }
    }

    /** Waits for mails on their way to the server, no longer than for one of its answers; what waits for another try goes. */
    @Override
    public Future<Void> close() {
        closing = true;
        if (underWay.get() == 0) {
            idle.tryComplete();
        }
        long timeoutMillis = settings.timeout().toMillis();
        long late = vertx.setTimer(timeoutMillis, timer -> idle.tryComplete());
        return idle.future().compose(done -> {
            vertx.cancelTimer(late);
            // A server that does not answer the farewell must not keep the node from stopping.
            return client.close().timeout(timeoutMillis, TimeUnit.MILLISECONDS).otherwiseEmpty();
        });
    }
}
