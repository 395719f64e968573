package io.flashsale.cli;

import io.flashsale.embedded.EmbeddedStoreException;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.server.FailureSummary;
import java.util.concurrent.TimeoutException;

/** Explains to operators in one line why a command failed. */
final class FailureMessage {
    private FailureMessage() {}

    /** Returns one line. An unexpected failure includes its type, because its message alone says little. */
    static String of(Throwable failure) {
        Throwable reason = failure.getCause() == null ? failure : failure.getCause();
        if (reason instanceof StoreUnavailableException) {
            return "MongoDB does not answer: " + FailureSummary.of(reason);
        }
        // The failure of a future is wrapped. The type inside decides whether the message was written for operators.
        Throwable shown = failure instanceof EmbeddedStoreException ? failure : reason;
        boolean forOperators = shown instanceof EmbeddedStoreException
                || shown instanceof IllegalStateException
                || shown instanceof TimeoutException;
        String text = forOperators && shown.getMessage() != null ? shown.getMessage() : shown.toString();
        return text.replaceAll("\\s*[\r\n]+\\s*", " ");
    }
}
