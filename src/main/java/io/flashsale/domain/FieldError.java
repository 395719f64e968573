package io.flashsale.domain;

/**
 * One field of a request that cannot be accepted.
 *
 * @param field the name as the client sent it
 * @param message what would be right, in words for the client
 */
public record FieldError(String field, String message) {}
