/** Products: what is on sale, read together with what is left of it, and changed without ever losing count of a unit. */
package io.flashsale.catalog;
