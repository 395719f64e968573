package io.flashsale.persistence.audit;

import io.vertx.core.Future;

/** Adds entries to the audit log. */
@FunctionalInterface
public interface AuditRecorder {
    /**
     * Has an entry written. The caller need not wait.
     *
     * @return completes when it is written or waits for MongoDB; never fails
     */
    Future<Void> record(AuditEntry entry);
}
