/** The composition of a node, its life cycle and its health; the only package that knows all others. */
package io.flashsale.server;
