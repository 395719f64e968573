/** Limits how often a client may call, by address and by account. */
package io.flashsale.ratelimit;
