/** Parses requests strictly and writes responses as JSON and CSV. */
package io.flashsale.http.message;
