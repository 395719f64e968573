/** Writes the audit log to MongoDB, and reads it. */
package io.flashsale.persistence.audit;
