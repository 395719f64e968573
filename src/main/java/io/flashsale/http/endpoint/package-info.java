/** Contains the endpoints of the API. */
package io.flashsale.http.endpoint;
