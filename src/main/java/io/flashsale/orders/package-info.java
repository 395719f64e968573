/** Persists reserved orders, cancels them, and handles dead letters. */
package io.flashsale.orders;
