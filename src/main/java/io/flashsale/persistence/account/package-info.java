/** Stores accounts in MongoDB. */
package io.flashsale.persistence.account;
