/** Contains the handlers that a request passes before and after its endpoint. */
package io.flashsale.http.middleware;
