package io.flashsale.cli;

import io.flashsale.embedded.EmbeddedStoreException;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.server.FailureSummary;
import java.util.concurrent.TimeoutException;

/** Tells an operator in one line why a command failed. */
final class FailureMessage {
    private FailureMessage() {}

    /** One line; an unforeseen failure is given with its type, since its message alone says little. */
    static String of(Throwable failure) {
        Throwable reason = failure.getCause() == null ? failure : failure.getCause();
        if (reason instanceof StoreUnavailableException) {
            return "MongoDB does not answer: " + FailureSummary.of(reason);
        }
        // A failed future comes wrapped; what is inside decides whether its message was written for an operator.
        Throwable shown = failure instanceof EmbeddedStoreException ? failure : reason;
        boolean forOperators = shown instanceof EmbeddedStoreException
                || shown instanceof IllegalStateException
                || shown instanceof TimeoutException;
        String text = forOperators && shown.getMessage() != null ? shown.getMessage() : shown.toString();
        return text.replaceAll("\\s*[\r\n]+\\s*", " ");
    }
}
