package io.flashsale.redis;

/** Signals that Redis answered a command with an error. */
public final class RedisCommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RedisCommandException(String message) {
        super(message, null, false, false);
    }
}
