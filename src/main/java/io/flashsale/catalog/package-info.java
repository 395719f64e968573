/**
 * Products: what is on sale, read through a cache together with what is left of it, and changed without ever losing count
 * of a unit.
 *
 * <p>A cached product counts only beside a sale in Redis that is certified and sells under no newer version. The sale
 * learns of every edit, from the editor or from the reconciler, and loses its certificate where Redis may have lost data;
 * so the cache needs no memory of its own for what it missed.
 */
package io.flashsale.catalog;
