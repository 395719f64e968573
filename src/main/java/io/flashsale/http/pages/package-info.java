/** The pages of the shop, of its admin and of the API documentation, with their assets. */
package io.flashsale.http.pages;
