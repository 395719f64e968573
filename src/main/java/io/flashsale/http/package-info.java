/** Contains the HTTP servers and their routes. */
package io.flashsale.http;
