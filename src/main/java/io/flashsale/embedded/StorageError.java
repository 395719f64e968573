package io.flashsale.embedded;

import de.bwaldvogel.mongo.bson.Document;
import java.util.Locale;

/**
 * Describes a failure of the data file by MongoDB's error codes, as the reply to a client.
 *
 * @param code {@code 14031} if the disk is full, else {@code 1}
 * @param codeName the name of the code
 * @param reason the error message of the system
 */
record StorageError(int code, String codeName, String reason) {
    /** Classifies an exception of H2. */
    static StorageError of(RuntimeException failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause().getMessage() != null) {
            root = root.getCause();
        }
        String reason = String.valueOf(root.getMessage());
        String lower = reason.toLowerCase(Locale.ROOT);
        boolean full = lower.contains("no space left") || lower.contains("quota exceeded");
        return full ? new StorageError(14_031, "OutOfDiskSpace", reason) : new StorageError(1, "InternalError", reason);
    }

    /** Formats the reply to a command. */
    Document reply() {
        Document reply = new Document("ok", 0);
        reply.put("code", code);
        reply.put("codeName", codeName);
        reply.put("errmsg", "the data file of the embedded server failed: " + reason);
        return reply;
    }
}
