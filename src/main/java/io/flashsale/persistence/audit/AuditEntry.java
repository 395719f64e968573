package io.flashsale.persistence.audit;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.UUID;

/**
 * Who did what to what, when, and what came of it. Never changed once it is written.
 *
 * <p>Carries no e-mail address, password, code or cookie.
 *
 * @param id of the event: what happened once has one, however often it is told
 * @param at when it happened
 * @param action what
 * @param actor a user's id, or {@link #SYSTEM}
 * @param subject the id of what it concerns: a product, an order, a user
 * @param outcome {@link #DONE}, or the code of the error
 * @param details what else is worth knowing; not to be changed afterwards
 */
public record AuditEntry(
        String id, Instant at, AuditAction action, String actor, String subject, String outcome, JsonObject details) {
    /** Who acts where no user does. */
    public static final String SYSTEM = "system";

    /** It was done. */
    public static final String DONE = "done";

    /** Something that was done. */
    public static AuditEntry done(
            String id, Instant at, AuditAction action, String actor, String subject, JsonObject details) {
        return new AuditEntry(id, at, action, actor, subject, DONE, details);
    }

    /** An id for what happens once and is told once. */
    public static String freshId() {
        return UUID.randomUUID().toString();
    }
}
