/** The contract, {@code conf/openapi.yaml}, as objects that requests are validated against. */
package io.flashsale.openapi;
