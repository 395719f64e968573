package io.flashsale.domain;

/**
 * Describes one field of a request that was rejected.
 *
 * @param field the name as the client sent it
 * @param message the valid values, in words for the client
 */
public record FieldError(String field, String message) {}
