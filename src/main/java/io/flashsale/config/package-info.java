/** Reads file and environment into records that cannot be built with invalid values; reports all errors at once. */
package io.flashsale.config;
