/** The sessions in MongoDB, which outlive a Redis that loses everything. */
package io.flashsale.persistence.session;
