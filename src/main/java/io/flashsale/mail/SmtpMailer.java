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

/** Delivers mails by SMTP. Failed deliveries are retried with back-off, for about as long as their code is useful. */
public final class SmtpMailer implements Mailer {
    /** Matches the domain of a sender: labels of letters, digits and hyphens. */
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63})*");

    private static final Logger LOG = LoggerFactory.getLogger(SmtpMailer.class);
    private static final int MAX_ATTEMPTS = 5;

    /** The approximate number of server replies in one delivery. */
    private static final int REPLIES_PER_DELIVERY = 8;

    private static final Duration INITIAL_BACKOFF = Duration.ofSeconds(1);
    private static final int SMTPS_PORT = 465;
    private static final int SUBMISSION_PORT = 587;

    /**
     * Configures the mail server.
     *
     * @param uri {@code smtp://user:password@host:587} or {@code smtps://…}; {@code ?starttls=required} (the default
     *     with a password), {@code optional} or {@code disabled}
     * @param from the sender's address
     * @param maxQueued maximum number of mails being delivered or waiting for a retry
     * @param timeout for connecting and for each reply
     */
    public record Settings(URI uri, String from, int maxQueued, Duration timeout) {
        private static final Duration SHORTEST = Duration.ofMillis(100);
        private static final Duration LONGEST = Duration.ofMinutes(10);
        private static final Set<String> OPTIONS =
                Set.of("starttls=required", "starttls=optional", "starttls=disabled");

        /** Rejects values that cannot work. */
        public Settings {
            new Requirements()
                    .that(
                            uri.getHost() != null
                                    && ("smtp".equals(uri.getScheme()) || "smtps".equals(uri.getScheme())),
                            "uri must be smtp://user:password@host:587 or smtps://user:password@host:465")
                    .that(
                            uri.getPort() >= -1 && uri.getPort() <= 65_535 && uri.getPort() != 0,
                            "uri must have a port of 1 to 65535")
                    // Otherwise a mistyped "required" could send passwords and codes in plain text.
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

        /** Checks the sender. Its domain may lack a dot, as in an internal network; a buyer's domain may not. */
        private static boolean isSender(String text) {
            try {
                String email = new EmailAddress(text).getEmail();
                int at = email.lastIndexOf('@');
                return at > 0 && HOST.matcher(email.substring(at + 1)).matches();
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        /** Omits the password. */
        @Override
        public String toString() {
            return "Settings[" + uri.getScheme() + "://" + uri.getHost() + ", from=" + from + "]";
        }
    }

    private final Vertx vertx;
    private final MailClient client;
    private final Settings settings;
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Promise<Void> idle = Promise.promise();
    private volatile boolean closing;

    /** Creates a mailer. A node needs one. */
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
        // A server that stops responding must not hold one of the four connections, because the client waits for ever.
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
            LOG.atWarn().addKeyValue("reason", "queue full").log("mail dropped");
            return;
        }
        attempt(mail, MAX_ATTEMPTS, INITIAL_BACKOFF);
    }

    private void attempt(Mail mail, int attemptsLeft, Duration backoff) {
        MailMessage message = new MailMessage()
                .setFrom(settings.from())
                .setTo(mail.to())
                .setSubject(mail.subject())
                .setText(mail.text())
                .setHtml(mail.html());
        inFlight.incrementAndGet();
        // The client has no timeout of its own, and a mail that never completes would occupy the queue for ever.
        Futures.attempt(() -> client.sendMail(message))
                .timeout(settings.timeout().multipliedBy(REPLIES_PER_DELIVERY).toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(sent -> queued.decrementAndGet())
                .onFailure(failure -> failed(mail, attemptsLeft, backoff, failure))
                .onComplete(done -> {
                    if (inFlight.decrementAndGet() == 0 && closing) {
                        idle.tryComplete();
                    }
                });
    }

    private void failed(Mail mail, int attemptsLeft, Duration backoff, Throwable failure) {
        if (attemptsLeft > 1 && !closing) {
            vertx.setTimer(backoff.toMillis(), timer -> retry(mail, attemptsLeft - 1, backoff.multipliedBy(2)));
        } else {
            queued.decrementAndGet();
            // The message is not logged: a server may repeat the address in it.
            LOG.atWarn()
                    .addKeyValue("reason", failure.getClass().getSimpleName())
                    .log("mail delivery failed");
        }
    }

    private void retry(Mail mail, int attemptsLeft, Duration backoff) {
        if (closing) {
            queued.decrementAndGet();
            LOG.atWarn().addKeyValue("reason", "node stopping").log("mail dropped");
        } else {
            attempt(mail, attemptsLeft, backoff);
        }
    }

    /**
     * Waits for deliveries in progress, but no longer than one reply timeout. Mails that wait for a retry are dropped.
     */
    @Override
    public Future<Void> close() {
        closing = true;
        if (inFlight.get() == 0) {
            idle.tryComplete();
        }
        long timeoutMillis = settings.timeout().toMillis();
        long timer = vertx.setTimer(timeoutMillis, elapsed -> idle.tryComplete());
        return idle.future().compose(done -> {
            vertx.cancelTimer(timer);
            // A server that does not answer QUIT must not keep the node from stopping.
            return client.close().timeout(timeoutMillis, TimeUnit.MILLISECONDS).otherwiseEmpty();
        });
    }
}
