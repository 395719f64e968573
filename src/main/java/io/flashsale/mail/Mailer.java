package io.flashsale.mail;

import io.vertx.core.Future;

/** Delivers mails in the background. Callers do not wait: users who receive no mail request another one. */
public interface Mailer {
    /** Queues a mail; never throws and never blocks. If the queue is full, the mail is dropped and this is logged. */
    void send(Mail mail);

    /** Completes deliveries in progress and releases the resources. Nothing may be sent afterwards. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
