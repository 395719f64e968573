package io.flashsale.domain;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects validation errors so that a record's constructor can report all of them at once.
 *
 * <p>Each message is one line that begins with the name of the value.
 */
public final class Requirements {
    private final List<String> unmet = new ArrayList<>();

    /** Adds a requirement; the message describes the valid values. */
    public Requirements that(boolean holds, String message) {
        if (!holds) {
            unmet.add(message);
        }
        return this;
    }

    /**
     * Fails if any requirement is not met.
     *
     * @throws IllegalArgumentException with one line for each unmet requirement
     */
    public void check() {
        if (!unmet.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", unmet));
        }
    }
}
