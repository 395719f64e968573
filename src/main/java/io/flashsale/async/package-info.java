/** Small asynchronous tools that every package uses; they know Vert.x and nothing of this program. */
package io.flashsale.async;
