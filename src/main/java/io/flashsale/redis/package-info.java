/**
 * Redis: one pipelined connection that reconnects, scripts that load on demand, and every key's name.
 *
 * <p>The only room, with the root, that names the Redis client.
 */
package io.flashsale.redis;
