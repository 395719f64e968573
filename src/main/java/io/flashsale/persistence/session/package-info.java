/** Stores sessions in MongoDB, so that they survive a loss of all data in Redis. */
package io.flashsale.persistence.session;
