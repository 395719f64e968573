/** Provides the MongoDB gateway and what all collections share: keyset pagination and errors. */
package io.flashsale.persistence;
