/**
 * The sale itself: a purchase on its way through the script in Redis and the group commit in MongoDB, and what each
 * answer of either means.
 */
package io.flashsale.purchase;
