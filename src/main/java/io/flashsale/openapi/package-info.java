/** Loads the contract, {@code conf/openapi.yaml}, and validates requests against it. */
package io.flashsale.openapi;
