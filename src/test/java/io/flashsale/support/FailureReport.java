package io.flashsale.support;

import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Prints the recent log of the program when a test fails: since its class began, or since the last failure. */
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
            System.out.println("Log of this fork, level WARN and above, before " + test.getDisplayName() + " failed"
                    + (log.isEmpty() ? ": nothing" : ":\n" + String.join("", log)));
        }
    }
}
