/** How often a client may call, by its address and by its account. */
package io.flashsale.ratelimit;
