package io.flashsale.redis;

import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/** Wraps a reply of Redis, so that no other package uses the client's types. */
public final class Reply {
    private static final Reply NIL = new Reply(null);

    private final Response response;

    private Reply(Response response) {
        this.response = response;
    }

    static Reply of(Response response) {
        return response == null ? NIL : new Reply(response);
    }

    /** Returns whether the reply is nil. */
    public boolean isNil() {
        return response == null;
    }

    /** Returns the number of elements of a list; 0 for nil. */
    public int size() {
        return response == null ? 0 : response.size();
    }

    /** Returns an element of a list; nil if the index is beyond its end. */
    public Reply at(int index) {
        return index < size() ? of(response.get(index)) : NIL;
    }

    /** Returns the reply as text, or null for nil. */
    public String asString() {
        return response == null ? null : response.toString();
    }

    /**
     * Returns the reply as a number, or 0 for nil.
     *
     * @throws NumberFormatException if the text is not a number
     */
    public long asLong() {
        return response == null ? 0 : response.toLong();
    }

    /** Returns the elements of a list as texts, with null for nil. */
    public List<String> asStrings() {
        List<String> elements = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) {
            elements.add(at(i).asString());
        }
        return elements;
    }
}
