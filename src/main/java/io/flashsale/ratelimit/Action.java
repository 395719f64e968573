package io.flashsale.ratelimit;

import java.util.Locale;

/** What is limited, each by its own counts. */
public enum Action {
    /** Registering an account. */
    REGISTER,
    /** Proving a password. */
    LOGIN,
    /** Asking for and entering one-time codes. */
    OTP,
    /** Buying. */
    PURCHASE,
    /** Everything else. */
    READ;

    /** The name in the configuration and in key names. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether calls pass, within a local bound, while Redis cannot count them. */
    boolean failsOpen() {
        return this == READ;
    }
}
