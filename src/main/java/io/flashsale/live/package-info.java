/** Tells browsers what happens to the stock, as it happens: from one channel in Redis to SSE and WebSocket clients. */
package io.flashsale.live;
