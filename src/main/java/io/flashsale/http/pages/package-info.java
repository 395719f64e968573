/** Serves the pages of the shop, the admin and the API documentation, with their assets. */
package io.flashsale.http.pages;
