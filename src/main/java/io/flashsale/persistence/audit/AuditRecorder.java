package io.flashsale.persistence.audit;

import io.vertx.core.Future;

/** Adds entries to the audit log. */
@FunctionalInterface
public interface AuditRecorder {
    /**
     * Records an entry. The caller need not wait.
     *
     * @return completes when the entry is written or queued; never fails
     */
    Future<Void> record(AuditEntry entry);
}
