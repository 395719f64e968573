/**
 * Manages products: reads them through a cache, joined with their live stock, and edits them during a sale without
 * losing count of a unit.
 *
 * <p>A cached product is used only if its sale in Redis is certified and has no newer version. The editor or the
 * reconciler sends every edit to the sale, and the sale loses its certification if Redis may have lost data. So the
 * cache need not track the updates that it missed.
 */
package io.flashsale.catalog;
