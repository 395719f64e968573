/** The orders and dead letters in MongoDB: group commit, the classification of duplicate keys, and queries. */
package io.flashsale.persistence.order;
