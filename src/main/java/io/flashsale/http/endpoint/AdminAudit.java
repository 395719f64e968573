package io.flashsale.http.endpoint;

import io.flashsale.auth.AuthHandlers;
import io.flashsale.http.middleware.FailureHandler;
import io.flashsale.http.problem.ApiError;
import io.flashsale.persistence.audit.AuditAction;
import io.flashsale.persistence.audit.AuditClient;
import io.flashsale.persistence.audit.AuditEntry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;

/**
 * Records the actions of admins in the audit log, including rejected ones. The response waits until the entry is
 * written. If MongoDB fails in between, the entry is written later, because the action has already taken effect.
 */
public final class AdminAudit {
    private final AuditClient log;
    private final Clock clock;

    /**
     * Describes an action.
     *
     * @param id the id of the event; deterministic for a product and its version, since each version occurs once
     * @param subject the id of the object that the action concerns
     * @param outcome {@link AuditEntry#DONE}, or the reason why the action failed
     * @param details additional information
     */
    record Note(String id, String subject, String outcome, JsonObject details) {
        static Note done(String id, String subject, JsonObject details) {
            return new Note(id, subject, AuditEntry.DONE, details);
        }
    }

    public AdminAudit(AuditClient log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    /**
     * Records the outcome of an action.
     *
     * @param subject the id of the object, for the entry of a rejected action
     * @param note describes the result; empty if nothing was changed
     * @return the result, once the entry is written
     */
    <T> Future<T> record(
            RoutingContext ctx,
            AuditAction action,
            String subject,
            Future<T> result,
            Function<T, Optional<Note>> note) {
        return result.transform(done -> recordOutcome(
                        ctx, action, subject, done.succeeded() ? null : done.cause(), () -> note.apply(done.result()))
                .compose(written -> result));
    }

    private Future<Void> recordOutcome(
            RoutingContext ctx,
            AuditAction action,
            String subject,
            Throwable failure,
            java.util.function.Supplier<Optional<Note>> note) {
        if (failure == null) {
            return note.get().map(present -> record(ctx, action, present)).orElse(Future.succeededFuture());
        }
        ApiError error = FailureHandler.toApiException(ctx, failure).error();
        // Not recorded: the path of an unknown object can contain arbitrary text.
        return error == ApiError.NOT_FOUND
                ? Future.succeededFuture()
                : record(ctx, action, new Note(AuditEntry.freshId(), subject, error.code(), new JsonObject()));
    }

    private Future<Void> record(RoutingContext ctx, AuditAction action, Note note) {
        return log.record(new AuditEntry(
                note.id(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                action,
                AuthHandlers.session(ctx).userId(),
                note.subject(),
                note.outcome(),
                note.details()));
    }
}
