/**
 * MongoDB: every collection, its indexes, and what an error of theirs means.
 *
 * <p>The only room, with the root, that names the MongoDB client.
 */
package io.flashsale.persistence;
