/** What the tests share: the stores they run on, a node, and a client that behaves like a browser. */
package io.flashsale.support;
