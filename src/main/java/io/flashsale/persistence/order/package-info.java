/** Stores orders and dead letters in MongoDB: group commit, classification of duplicate keys, and queries. */
package io.flashsale.persistence.order;
