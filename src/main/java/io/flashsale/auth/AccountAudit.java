package io.flashsale.auth;

import io.flashsale.persistence.account.Account;
import io.flashsale.persistence.audit.AuditAction;
import io.flashsale.persistence.audit.AuditClient;
import io.flashsale.persistence.audit.AuditEntry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Records account events in the audit log, by user id only. A sign-in does not wait for the write. Denied attempts are
 * only counted by metrics, so that a flood of guesses does not cause a flood of writes.
 */
final class AccountAudit {
    private final AuditClient log;
    private final Clock clock;

    AccountAudit(AuditClient log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    Future<Void> registered(Account account) {
        String actor = account.verified() ? AuditEntry.SYSTEM : account.userId();
        return record(
                AuditAction.ACCOUNT_REGISTERED, actor, account.userId(), new JsonObject().put("role", account.role()));
    }

    void locked(Account account, Duration lockedFor) {
        record(
                AuditAction.ACCOUNT_LOCKED,
                AuditEntry.SYSTEM,
                account.userId(),
                new JsonObject().put("seconds", lockedFor.toSeconds()));
    }

    void sessionOpened(Session session) {
        record(
                AuditAction.SESSION_OPENED,
                session.userId(),
                session.userId(),
                new JsonObject().put("role", session.role()));
    }

    void sessionEnded(Session session, boolean everywhere) {
        record(
                AuditAction.SESSION_ENDED,
                session.userId(),
                session.userId(),
                new JsonObject().put("everywhere", everywhere));
    }

    void passwordSet(AuditAction action, String userId) {
        record(action, userId, userId, new JsonObject());
    }

    private Future<Void> record(AuditAction action, String actor, String subject, JsonObject details) {
        return log.record(AuditEntry.done(
                AuditEntry.freshId(), clock.instant().truncatedTo(ChronoUnit.MILLIS), action, actor, subject, details));
    }
}
