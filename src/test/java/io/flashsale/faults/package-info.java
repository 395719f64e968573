/**
 * The proof: buyers and an admin who act at random while everything around them dies, a history of every call, and a
 * checker that reads the history and both stores.
 */
package io.flashsale.faults;
