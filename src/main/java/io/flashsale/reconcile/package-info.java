/**
 * What makes Redis follow MongoDB when nobody asks: the outbox driven again, sales recovered, both stores compared.
 */
package io.flashsale.reconcile;
