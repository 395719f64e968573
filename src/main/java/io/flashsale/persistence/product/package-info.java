/** The products in MongoDB, with the stock holds of their edits. */
package io.flashsale.persistence.product;
