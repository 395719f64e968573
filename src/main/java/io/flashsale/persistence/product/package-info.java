/** Stores products in MongoDB, together with the stock holds of their edits. */
package io.flashsale.persistence.product;
