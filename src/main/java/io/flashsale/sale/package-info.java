/**
 * The domain: what a product, an order, a unit and an idempotency key are, and which states they may take.
 *
 * <p>Knows only the JDK, so that every rule here is tested without a store, a socket or an event loop.
 */
package io.flashsale.sale;
