/** HTTP: the routes as one list, strict reading of requests, and one place that turns every failure into an answer. */
package io.flashsale.http;
