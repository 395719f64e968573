/** Requests read strictly, and answers written, as JSON and CSV. */
package io.flashsale.http.message;
