package io.flashsale.cli;

import io.flashsale.config.Configuration;
import io.flashsale.config.ConfigurationException;
import io.flashsale.embedded.RunningStores;
import io.flashsale.reconcile.ConsistencyCheck.Line;
import io.flashsale.server.ConsistencyCheckRunner;
import io.flashsale.server.DriverValidator;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** Implements {@code check}: prints what both stores hold for every product, and whether they agree. */
public final class CheckCommand {
    private static final int STOP_SECONDS = 30;

    private CheckCommand() {}

    /**
     * Compares the stores and prints the result. There is no overall time limit: each command to a store has its own
     * timeout, and Ctrl-C ends the check.
     *
     * @return the exit code: 0 if the stores agree
     */
    public static int run(Map<String, String> environment, boolean asJson, PrintStream out) {
        // Before the first logger is created.
        System.setProperty("FLASHSALE_LOG_LEVEL", "ERROR");
        return run(environment, asJson, STOP_SECONDS, out);
    }

    /** Runs the check with a given limit on how long the connections may take to close afterwards. */
    static int run(Map<String, String> environment, boolean asJson, int stopSeconds, PrintStream out) {
        Vertx vertx = null;
        try {
            Configuration configuration = Configuration.read(environment, new DriverValidator());
            Configuration.Stores stores = configuration.stores().orElseGet(() -> running(configuration));
            vertx = Vertx.vertx();
            List<Line> lines =
                    Await.result(ConsistencyCheckRunner.run(vertx, configuration, stores, Clock.systemUTC()));
            out.print(asJson ? CheckReport.json(lines) + "\n" : CheckReport.table(lines));
            return lines.stream().allMatch(Line::agrees) ? 0 : ExitCode.FAILED;
        } catch (ConfigurationException e) {
            e.errors().forEach(System.err::println);
            return ExitCode.WRONG_USE;
        } catch (Throwable e) {
            System.err.println("The check could not run: " + FailureMessage.of(e));
            return ExitCode.FAILED;
        } finally {
            close(vertx, stopSeconds);
        }
    }

    /** Closes the connections. The result is already printed and stays valid if this fails. */
    private static void close(Vertx vertx, int stopSeconds) {
        if (vertx == null) {
            return;
        }
        try {
            Await.result(vertx.close(), stopSeconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | RuntimeException e) {
            System.err.println("Exited before all connections were closed: " + FailureMessage.of(e));
        }
    }

    private static Configuration.Stores running(Configuration configuration) {
        RunningStores running = RunningStores.find(configuration.dataDir());
        return new Configuration.Stores(running.redisUri(), running.mongoUri());
    }
}
