package io.flashsale.ratelimit;

import java.util.Locale;

/** Lists the kinds of calls that are limited, each with its own counter. */
public enum Action {
    /** Registering an account. */
    REGISTER,
    /** Checking a password. */
    LOGIN,
    /** Requesting and entering one-time codes. */
    OTP,
    /** Buying. */
    PURCHASE,
    /** Everything else. */
    READ;

    /** Returns the name used in the configuration and in Redis keys. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether calls are admitted within a local limit while Redis is unavailable. */
    boolean failsOpen() {
        return this == READ;
    }
}
