package io.flashsale.http.message;

/** Compares entity tags (RFC 9110, section 8.8.3). */
public final class EntityTags {
    private EntityTags() {}

    /** Returns whether the tag is in the list, by weak comparison (RFC 9110 section 13.1.2). */
    public static boolean matches(String ifNoneMatch, String tag) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String candidate : ifNoneMatch.split(",", -1)) {
            String trimmed = candidate.trim();
            if (trimmed.equals("*") || ("W/" + trimmed.replaceFirst("^W/", "")).equals(tag)) {
                return true;
            }
        }
        return false;
    }
}
