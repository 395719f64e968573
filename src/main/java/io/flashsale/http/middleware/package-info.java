/** The steps that every request passes before and after its endpoint. */
package io.flashsale.http.middleware;
