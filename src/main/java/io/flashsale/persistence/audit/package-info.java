/** The audit log in MongoDB, and its way there. */
package io.flashsale.persistence.audit;
