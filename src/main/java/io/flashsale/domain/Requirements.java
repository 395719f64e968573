package io.flashsale.domain;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong with the values of a record, so that its constructor names all of it at once.
 *
 * <p>Each message is a line that begins with the name of the value.
 */
public final class Requirements {
    private final List<String> unmet = new ArrayList<>();

    /** Asks for something; the message says what would be right. */
    public Requirements that(boolean holds, String message) {
        if (!holds) {
            unmet.add(message);
        }
        return this;
    }

    /**
     * Ends the list.
     *
     * @throws IllegalArgumentException with a line for each requirement that does not hold
     */
    public void check() {
        if (!unmet.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", unmet));
        }
    }
}
