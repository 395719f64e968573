/** The connection to MongoDB, and what all of its collections share: pages of a list, and errors. */
package io.flashsale.persistence;
