package io.flashsale.redis;

import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/** What Redis answered, so that no other room names the client's types. */
public final class Reply {
    private static final Reply NIL = new Reply(null);

    private final Response response;

    private Reply(Response response) {
        this.response = response;
    }

    static Reply of(Response response) {
        return response == null ? NIL : new Reply(response);
    }

    /** Whether Redis answered nil. */
    public boolean isNil() {
        return response == null;
    }

    /** How many parts a list has; 0 for nil. */
    public int size() {
        return response == null ? 0 : response.size();
    }

    /** A part of a list; nil where the list ends before it. */
    public Reply at(int index) {
        return index < size() ? of(response.get(index)) : NIL;
    }

    /** The answer as text, null for nil. */
    public String asString() {
        return response == null ? null : response.toString();
    }

    /**
     * The answer as a number, 0 for nil.
     *
     * @throws NumberFormatException for text that is no number
     */
    public long asLong() {
        return response == null ? 0 : response.toLong();
    }

    /** The parts of a list as texts, null for a part that is nil. */
    public List<String> asStrings() {
        List<String> parts = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) {
            parts.add(at(i).asString());
        }
        return parts;
    }
}
