/** Provides small asynchronous utilities for all packages; they depend on Vert.x alone. */
package io.flashsale.async;
