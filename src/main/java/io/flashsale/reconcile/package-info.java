/**
 * Brings Redis in line with MongoDB in the background: relays the outbox, recovers sales, and compares both stores.
 */
package io.flashsale.reconcile;
