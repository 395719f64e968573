/** Composes a node and controls its life cycle and health; the only package that depends on all others. */
package io.flashsale.server;
