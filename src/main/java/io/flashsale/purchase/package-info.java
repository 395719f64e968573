/** Executes purchases: runs the scripts of a sale in Redis and interprets their results. */
package io.flashsale.purchase;
