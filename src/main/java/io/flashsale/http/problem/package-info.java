/** Defines the errors that clients receive: problem details (RFC 9457) and the list of their codes. */
package io.flashsale.http.problem;
