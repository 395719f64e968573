/** Pushes stock events in real time: from one Redis channel to SSE and WebSocket clients. */
package io.flashsale.live;
