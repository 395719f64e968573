package io.flashsale;

import io.flashsale.auth.AccountService;
import io.flashsale.config.Configuration;
import io.flashsale.config.ConfigurationException;
import io.flashsale.config.StoreSettingsValidator;
import io.flashsale.embedded.EmbeddedStoreException;
import io.flashsale.embedded.EmbeddedStores;
import io.flashsale.embedded.RunningStores;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.reconcile.ConsistencyCheck;
import io.flashsale.server.DriverValidator;
import io.flashsale.server.FailureSummary;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintStream;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The command line.
 *
 * <p>Exit codes: 0 it ended as asked, also by a signal to the server, 1 it could not run, 2 the command or the configuration
 * is wrong; 130 and 143 a signal cut a command short.
 */
public final class Main {
    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;
    private static final int STOP_SECONDS = 30;
    private static final String CANNOT_RUN = "Flash Sale cannot run: ";
    private static final String EMBEDDED_ADMIN = "admin@flashsale.local";
    private static final String ADMIN_PASSWORD_FILE = "admin-password";
    private static final StoreSettingsValidator VALIDATOR = new DriverValidator();
    private static final String USAGE = """
            Usage: java -jar flash-sale.jar [command]

              serve           runs the server; the default
              audit [--json]  compares Redis with MongoDB beside a running sale, a line for each product;
                              exit code 1 where a difference lasts
              --help          this text
              --version       the version

            Settings come from the environment and from the file that FLASHSALE_CONFIG names; conf/flash-sale.yaml
            lists them all. With neither REDIS_URI nor MONGODB_URI set it runs its own stores under ./data.
            """;

    private Main() {}

    /** Runs the command. */
    public static void main(String[] arguments) {
        String command = arguments.length == 0 ? "serve" : arguments[0];
        boolean asJson = command.equals("audit") && arguments.length == 2 && arguments[1].equals("--json");
        if (arguments.length > 1 && !asJson) {
            System.err.println("one command at a time; see --help");
            System.exit(WRONG_USE);
        }
        switch (command) {
            case "serve" -> serve(System.getenv(), System.out);
            case "audit" -> {
                System.setProperty("FLASHSALE_LOG_LEVEL", "ERROR");
                System.exit(audit(System.getenv(), asJson, STOP_SECONDS, System.out));
            }
            case "--help", "-h", "help" -> System.out.print(USAGE);
            case "--version", "version" -> System.out.println("flash-sale " + version());
            default -> {
                System.err.println("no such command: " + command + "\n\n" + USAGE);
                System.exit(WRONG_USE);
            }
        }
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }

    private static void serve(Map<String, String> environment, PrintStream out) {
        // Before anything that would have to be ended.
        Shutdown shutdown = Shutdown.onSignal();
        try {
            // Before any logger is made.
            System.setProperty("FLASHSALE_LOG_LEVEL", Configuration.logLevel(environment));
            System.setProperty(
                    "vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.SLF4JLogDelegateFactory");
            run(Configuration.read(environment, VALIDATOR), environment, shutdown, out);
        } catch (ConfigurationException e) {
            shutdown.fail(WRONG_USE, "The configuration is wrong:\n  " + String.join("\n  ", e.mistakes()));
        } catch (Throwable e) {
            // Whatever it is: by now other threads run, which would keep alive a process that does nothing.
            shutdown.fail(FAILED, CANNOT_RUN + explained(e));
        } finally {
            shutdown.startEnded();
        }
    }

    /** One line; what nobody foresaw is told with its kind, since its message alone says little. */
    private static String explained(Throwable failure) {
        Throwable reason = failure.getCause() == null ? failure : failure.getCause();
        if (reason instanceof StoreUnavailableException) {
            return "MongoDB does not answer: " + FailureSummary.of(reason);
        }
        // A failed future comes wrapped; what is inside tells whether somebody wrote the message for an operator.
        Throwable told = failure instanceof EmbeddedStoreException ? failure : reason;
        boolean forOperators = told instanceof EmbeddedStoreException
                || told instanceof IllegalStateException
                || told instanceof TimeoutException;
        String text = forOperators && told.getMessage() != null ? told.getMessage() : told.toString();
        return text.replaceAll("\\s*[\r\n]+\\s*", " ");
    }

    /**
     * Compares the stores once and says what came of it, however long it takes: every command of it has a time-out of its
     * own, and Ctrl-C ends it.
     *
     * @param stopSeconds how long what it used may take to close afterwards
     * @return the exit code
     */
    static int audit(Map<String, String> environment, boolean asJson, int stopSeconds, PrintStream out) {
        Vertx vertx = null;
        try {
            Configuration configuration = Configuration.read(environment, VALIDATOR);
            Configuration.Stores stores = configuration.stores().orElseGet(() -> {
                RunningStores running = RunningStores.find(configuration.dataDir());
                return new Configuration.Stores(running.redisUri(), running.mongoUri());
            });
            vertx = Vertx.vertx();
            List<ConsistencyCheck.Line> lines = await(AuditCommand.run(vertx, configuration, stores, Clock.systemUTC()));
            out.print(asJson ? AuditCommand.json(lines) + "\n" : AuditCommand.table(lines));
            return lines.stream().allMatch(ConsistencyCheck.Line::agrees) ? 0 : FAILED;
        } catch (ConfigurationException e) {
            e.mistakes().forEach(System.err::println);
            return WRONG_USE;
        } catch (Throwable e) {
            System.err.println("The audit could not be made: " + explained(e));
            return FAILED;
        } finally {
            close(vertx, stopSeconds);
        }
    }

    /** What the command has found is said by now; it is no less true where this fails. */
    private static void close(Vertx vertx, int stopSeconds) {
        if (vertx == null) {
            return;
        }
        try {
            await(vertx.close(), stopSeconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | RuntimeException e) {
            System.err.println("ended before everything was closed: " + explained(e));
        }
    }

    private static void run(Configuration given, Map<String, String> environment, Shutdown shutdown, PrintStream out)
            throws InterruptedException, TimeoutException {
        if (given.stores().isPresent()) {
            start(given, given.stores().get(), "Redis and MongoDB as configured", Optional.empty(), shutdown, out);
            return;
        }
        EmbeddedStores stores = EmbeddedStores.start(given.dataDir());
        shutdown.add(stores::close);
        Configuration configuration = given.admin().isPresent() ? given : withAdmin(environment, stores);
        Configuration.Admin admin = configuration.admin().orElseThrow();
        // A password that the operator chose is not repeated to whoever reads the screen.
        String shown = given.admin().isPresent() ? "as configured" : admin.password();
        start(
                configuration,
                new Configuration.Stores(stores.redisUri(), stores.mongoUri()),
                stores.describe(),
                Optional.of(new Banner.Admin(admin.email(), shown)),
                shutdown,
                out);
    }

    /** The embedded default makes an admin, with a password that it invents once and keeps with its data. */
    private static Configuration withAdmin(Map<String, String> environment, EmbeddedStores stores) {
        String password = stores.folder().secret(ADMIN_PASSWORD_FILE);
        if (!AccountService.isPassword(password)) {
            throw new IllegalStateException(stores.folder().path().resolve(ADMIN_PASSWORD_FILE)
                    + " does not hold the admin's password: it " + AccountService.passwordRule()
                    + "; delete it to have another one invented, or set ADMIN_EMAIL and ADMIN_PASSWORD");
        }
        Map<String, String> more = new HashMap<>(environment);
        more.put("ADMIN_EMAIL", EMBEDDED_ADMIN);
        more.put("ADMIN_PASSWORD", password);
        return Configuration.read(more, VALIDATOR);
    }

    private static void start(
            Configuration configuration,
            Configuration.Stores where,
            String described,
            Optional<Banner.Admin> admin,
            Shutdown shutdown,
            PrintStream out)
            throws InterruptedException, TimeoutException {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        shutdown.add(() -> await(vertx.close(), STOP_SECONDS));
        FlashSale sale = new FlashSale(vertx, configuration, where, Clock.systemUTC());
        int drainSeconds = (int) configuration.http().drainTimeout().toSeconds();
        shutdown.add(() -> await(sale.stop(), drainSeconds + STOP_SECONDS));
        await(sale.start());
        Optional<String> product = await(sale.anyProduct().otherwise(Optional.empty()), STOP_SECONDS);
        out.println(Banner.text(sale.port(), sale.managementPort(), described, admin, product));
    }

    private static <T> T await(Future<T> future) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        future.onComplete(ended -> done.countDown());
        done.await();
        return result(future);
    }

    private static <T> T await(Future<T> future, int seconds) throws InterruptedException, TimeoutException {
        CountDownLatch done = new CountDownLatch(1);
        future.onComplete(ended -> done.countDown());
        if (!done.await(seconds, TimeUnit.SECONDS)) {
            throw new TimeoutException("not done within " + seconds + " s");
        }
        return result(future);
    }

    private static <T> T result(Future<T> future) {
        if (future.failed()) {
            throw new IllegalStateException(future.cause().getMessage(), future.cause());
        }
        return future.result();
    }
}
