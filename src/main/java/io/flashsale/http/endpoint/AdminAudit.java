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
 * What admins do, in the audit log, also what they were refused. An admin is answered when the entry is written; where
 * MongoDB went away in between it is written later, since what was done is done.
 */
public final class AdminAudit {
    private final AuditClient log;
    private final Clock clock;

    /**
     * What there is to say of something that was done.
     *
     * @param id of the event; the version of a product and what befell it happen once
     * @param subject what it concerns
     * @param outcome {@link AuditEntry#DONE}, or why it came to nothing
     * @param details what else is worth knowing
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
     * Writes down what came of an action.
     *
     * @param subject what a refusal concerns
     * @param note on the result; empty where nothing was done
     * @return the result, once it is written down
     */
    <T> Future<T> record(
            RoutingContext ctx,
            AuditAction action,
            String subject,
            Future<T> result,
            Function<T, Optional<Note>> note) {
        return result.transform(done -> written(
                        ctx, action, subject, done.succeeded() ? null : done.cause(), () -> note.apply(done.result()))
                .compose(written -> result));
    }

    private Future<Void> written(
            RoutingContext ctx,
            AuditAction action,
            String subject,
            Throwable failure,
            java.util.function.Supplier<Optional<Note>> note) {
        if (failure == null) {
            return note.get().map(said -> record(ctx, action, said)).orElse(Future.succeededFuture());
        }
        ApiError error = FailureHandler.explain(ctx, failure).error();
        // Anything can stand in a path that names nothing.
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
