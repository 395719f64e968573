package io.flashsale.persistence.audit;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.UUID;

/**
 * Records who did what to which subject, when, and with what outcome. Entries never change once they are written.
 *
 * <p>Carries no e-mail address, password, code or cookie.
 *
 * @param id of the event; repeated reports of one event carry the same id
 * @param at when it happened
 * @param action what happened
 * @param actor a user's id, or {@link #SYSTEM}
 * @param subject the id of the affected product, order or user
 * @param outcome {@link #DONE}, or the code of the error
 * @param details additional data; must not be modified afterwards
 */
public record AuditEntry(
        String id, Instant at, AuditAction action, String actor, String subject, String outcome, JsonObject details) {
    /** The actor of events that no user caused. */
    public static final String SYSTEM = "system";

    /** The outcome of an action that succeeded. */
    public static final String DONE = "done";

    /** Creates an entry of an action that succeeded. */
    public static AuditEntry done(
            String id, Instant at, AuditAction action, String actor, String subject, JsonObject details) {
        return new AuditEntry(id, at, action, actor, subject, DONE, details);
    }

    /** Returns a new id for an event that happens once and is reported once. */
    public static String freshId() {
        return UUID.randomUUID().toString();
    }
}
