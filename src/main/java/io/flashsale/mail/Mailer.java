package io.flashsale.mail;

import io.vertx.core.Future;

/** Takes mail to be delivered. Nobody waits for it: who got none asks again. */
public interface Mailer {
    /** Takes a mail; never throws, never blocks. Where too many wait it is dropped, which is counted and logged. */
    void send(Mail mail);

    /** Delivers what is under way and closes what that needs; nothing may be sent afterwards. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
