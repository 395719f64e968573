/** Errors as clients see them: problem details (RFC 9457), and the one list of their codes. */
package io.flashsale.http.problem;
