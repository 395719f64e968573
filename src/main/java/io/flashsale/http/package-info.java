/** The HTTP servers and their routes. */
package io.flashsale.http;
