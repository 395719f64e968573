/** Provides what all tests share: the stores, a client that behaves like a browser, and fake or raw servers and clocks. */
package io.flashsale.support;
