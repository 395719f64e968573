/** The purchase: the scripts of a sale in Redis, and what each of their results means. */
package io.flashsale.purchase;
