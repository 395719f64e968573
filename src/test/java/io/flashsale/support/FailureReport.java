package io.flashsale.support;

import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Shows what the program logged since its class began, or since the last failure, where a test fails. */
public final class FailureReport implements TestExecutionListener {
    @Override
    public void executionStarted(TestIdentifier test) {
        if (test.getSource().orElse(null) instanceof ClassSource) {
            RecentLog.take();
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            List<String> log = RecentLog.take();
            System.out.println(
                    "The program's log before " + test.getDisplayName() + " failed, of this fork and from WARN" + " on"
                            + (log.isEmpty() ? ": nothing" : ":\n" + String.join("", log)));
        }
    }
}
