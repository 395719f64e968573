/**
 * Provides access to Redis: one pipelined connection that reconnects, scripts that load on demand, and the names of all
 * keys.
 *
 * <p>Besides {@code server}, this is the only package that uses the Redis client.
 */
package io.flashsale.redis;
