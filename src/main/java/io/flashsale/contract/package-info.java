/**
 * The contract with clients, {@code conf/openapi.yaml}: read once, its rules made ready to check requests against, and its
 * page. Knows nothing of routes and endpoints; {@code http} checks that they and the file name the same operations.
 */
package io.flashsale.contract;
