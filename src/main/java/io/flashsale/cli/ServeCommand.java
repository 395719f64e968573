package io.flashsale.cli;

import io.flashsale.auth.AccountService;
import io.flashsale.config.Configuration;
import io.flashsale.config.ConfigurationException;
import io.flashsale.embedded.EmbeddedStores;
import io.flashsale.server.DriverValidator;
import io.flashsale.server.FlashSaleServer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintStream;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Implements {@code serve}: runs a node until a signal ends it, with embedded stores if none are configured. */
public final class ServeCommand {
    private static final int STOP_SECONDS = 30;
    private static final String CANNOT_RUN = "Flash Sale cannot start: ";
    private static final String EMBEDDED_ADMIN = "admin@flashsale.local";
    private static final String ADMIN_PASSWORD_FILE = "admin-password";

    private final Map<String, String> environment;
    private final PrintStream out;
    private final Shutdown shutdown;

    private ServeCommand(Map<String, String> environment, PrintStream out, Shutdown shutdown) {
        this.environment = environment;
        this.out = out;
        this.shutdown = shutdown;
    }

    /** Starts a node and returns when it is ready. A failed start ends the process with an exit code. */
    public static void run(Map<String, String> environment, PrintStream out) {
        // Before anything is started, so that everything is also stopped.
        Shutdown shutdown = Shutdown.onSignal();
        try {
            // Before the first logger is created.
            System.setProperty("FLASHSALE_LOG_LEVEL", Configuration.logLevel(environment));
            System.setProperty(
                    "vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.SLF4JLogDelegateFactory");
            new ServeCommand(environment, out, shutdown).start(Configuration.read(environment, new DriverValidator()));
        } catch (ConfigurationException e) {
            shutdown.fail(ExitCode.WRONG_USE, "The configuration is invalid:\n  " + String.join("\n  ", e.errors()));
        } catch (Throwable e) {
            // Any failure ends the process, because other threads are running and would keep it alive without a server.
            shutdown.fail(ExitCode.FAILED, CANNOT_RUN + FailureMessage.of(e));
        } finally {
            shutdown.startEnded();
        }
    }

    private void start(Configuration given) throws InterruptedException, TimeoutException {
        if (given.stores().isPresent()) {
            start(given, given.stores().get(), "Redis and MongoDB as configured", Optional.empty());
            return;
        }
        EmbeddedStores stores = EmbeddedStores.start(given.dataDir());
        shutdown.add(stores::close);
        Configuration configuration = given.admin().isPresent() ? given : withAdmin(stores);
        Configuration.Admin admin = configuration.admin().orElseThrow();
        // A configured password is not printed.
        String shown = given.admin().isPresent() ? "as configured" : admin.password();
        start(
                configuration,
                new Configuration.Stores(stores.redisUri(), stores.mongoUri()),
                stores.describe(),
                Optional.of(new Banner.Admin(admin.email(), shown)));
    }

    /** Adds the admin of the embedded default. Its password is generated once and kept in the data folder. */
    private Configuration withAdmin(EmbeddedStores stores) {
        String password = stores.folder().secret(ADMIN_PASSWORD_FILE);
        if (!AccountService.isPassword(password)) {
            throw new IllegalStateException(stores.folder().path().resolve(ADMIN_PASSWORD_FILE)
                    + " does not contain a valid admin password: it " + AccountService.passwordRule()
                    + "; delete the file to generate another one, or set ADMIN_EMAIL and ADMIN_PASSWORD");
        }
        Map<String, String> more = new HashMap<>(environment);
        more.put("ADMIN_EMAIL", EMBEDDED_ADMIN);
        more.put("ADMIN_PASSWORD", password);
        return Configuration.read(more, new DriverValidator());
    }

    private void start(
            Configuration configuration, Configuration.Stores stores, String described, Optional<Banner.Admin> admin)
            throws InterruptedException, TimeoutException {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        shutdown.add(() -> Await.result(vertx.close(), STOP_SECONDS));
        FlashSaleServer server = new FlashSaleServer(vertx, configuration, stores, Clock.systemUTC());
        int drainSeconds = (int) server.drainTimeout().toSeconds();
        shutdown.add(() -> Await.result(server.stop(), drainSeconds + STOP_SECONDS));
        Await.result(server.start());
        Optional<String> product = Await.result(server.newestProduct().otherwise(Optional.empty()), STOP_SECONDS);
        out.println(Banner.text(server.port(), server.managementPort(), described, admin, product));
    }
}
