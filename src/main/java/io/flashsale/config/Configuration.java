package io.flashsale.config;

import io.flashsale.auth.AccountService;
import io.flashsale.auth.PasswordHasher;
import io.flashsale.auth.SessionService;
import io.flashsale.catalog.Catalog;
import io.flashsale.domain.Requirements;
import io.flashsale.http.HttpVerticle;
import io.flashsale.http.ManagementVerticle;
import io.flashsale.live.SubscriptionHub;
import io.flashsale.mail.SmtpMailer;
import io.flashsale.persistence.MongoGateway;
import io.flashsale.persistence.order.GroupCommit;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.ratelimit.Action;
import io.flashsale.ratelimit.ClientAddress;
import io.flashsale.ratelimit.RateLimit;
import io.flashsale.ratelimit.RateLimiter;
import io.flashsale.reconcile.Reconciler;
import io.flashsale.reconcile.ReconcilerVerticle;
import io.flashsale.redis.RedisGateway;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Holds the whole configuration. Each package's settings are a record of that package.
 *
 * @param stores the configured servers, or empty for the embedded default
 */
public record Configuration(
        Optional<Stores> stores,
        Path dataDir,
        String database,
        Instances instances,
        RedisGateway.Settings redis,
        MongoGateway.Settings mongodb,
        HttpVerticle.Settings http,
        ManagementVerticle.Settings management,
        List<String> trustedProxies,
        Purchase purchase,
        SaleScripts.Settings saleScripts,
        GroupCommit.Settings groupCommit,
        Catalog.Settings catalog,
        ReconcilerVerticle.Settings reconciler,
        Reconciler.Settings reconciliation,
        SubscriptionHub.Settings live,
        PasswordHasher.Settings passwords,
        SessionService.Settings sessions,
        RateLimit failedLogins,
        RateLimiter.Settings limits,
        Optional<SmtpMailer.Settings> smtp,
        Optional<Admin> admin,
        String logLevel) {
    private static final List<String> LOG_LEVELS = List.of("ERROR", "WARN", "INFO", "DEBUG");
    private static final URI NO_MAIL_SERVER = URI.create("smtp://localhost");

    /**
     * Holds the addresses of the stores.
     *
     * @param redisUri the address of Redis, including its credentials
     * @param mongoUri the address of MongoDB, including its credentials
     */
    public record Stores(String redisUri, String mongoUri) {
        @Override
        public String toString() {
            return "Stores[***]";
        }
    }

    /** Sets the number of event loops for each kind of verticle. */
    public record Instances(int http, int purchase, int persistence) {
        /** Rejects values out of range. */
        public Instances {
            new Requirements()
                    .that(isInRange(http), "http must be 1 to 256")
                    .that(isInRange(purchase), "purchase must be 1 to 256")
                    .that(isInRange(persistence), "persistence must be 1 to 256")
                    .check();
        }

        private static boolean isInRange(int count) {
            return count >= 1 && count <= 256;
        }
    }

    /** Sets the limits of the purchase. */
    public record Purchase(int maxInFlight, Duration confirmTimeout, Duration refusalTimeout) {
        private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

        /** Rejects values out of range. */
        public Purchase {
            new Requirements()
                    .that(maxInFlight >= 1, "maxInFlight must be at least 1")
                    .that(
                            confirmTimeout.toMillis() >= 1 && confirmTimeout.compareTo(MAX_TIMEOUT) <= 0,
                            "confirmTimeout must be 1ms to 1h")
                    .that(
                            refusalTimeout.toMillis() >= 1 && refusalTimeout.compareTo(MAX_TIMEOUT) <= 0,
                            "refusalTimeout must be 1ms to 1h")
                    .check();
        }
    }

    /** Holds the credentials of the first admin. */
    public record Admin(String email, String password) {
        @Override
        public String toString() {
            return "Admin[***]";
        }
    }

    /**
     * Returns the log level alone, before the rest is read: the first class that creates a logger fixes the level. An
     * unknown level becomes INFO here, and is reported as an error by {@link #read}.
     */
    public static String logLevel(Map<String, String> environment) {
        String level = Settings.read(environment).text("log.level");
        return LOG_LEVELS.contains(level) ? level : "INFO";
    }

    /**
     * Reads the configuration.
     *
     * @param environment the environment variables of the process
     * @param validator checks the addresses of the stores
     * @throws ConfigurationException if anything is invalid; it names every error
     */
    public static Configuration read(Map<String, String> environment, StoreSettingsValidator validator) {
        SettingsReader reader = new SettingsReader(Settings.read(environment));
        Optional<Stores> stores = stores(reader, validator);
        validator
                .mongodbDatabase(reader.text("mongodb.database"))
                .ifPresent(rule -> reader.error("mongodb.database", rule));
        boolean embedded = stores.isEmpty();
        Configuration configuration = new Configuration(
                stores,
                dataDir(reader),
                reader.text("mongodb.database"),
                reader.build(
                        "instances.",
                        () -> new Instances(
                                reader.integer("instances.http"),
                                reader.integer("instances.purchase"),
                                reader.integer("instances.persistence"))),
                redis(reader),
                reader.build("mongodb.", () -> new MongoGateway.Settings(reader.duration("mongodb.commandTimeout"))),
                http(reader, embedded),
                reader.build(
                        "management.",
                        () -> new ManagementVerticle.Settings(
                                reader.text("management.host"), reader.integer("management.port"))),
                trustedProxies(reader),
                reader.build(
                        "purchase.",
                        () -> new Purchase(
                                reader.integer("purchase.maxInFlight"),
                                reader.duration("purchase.confirmTimeout"),
                                reader.duration("purchase.refusalTimeout"))),
                reader.build(
                        "purchase.",
                        () -> new SaleScripts.Settings(
                                reader.duration("purchase.answerTtl"), reader.integer("purchase.outboxLimit"))),
                reader.build(
                        "persistence.",
                        () -> new GroupCommit.Settings(
                                reader.duration("persistence.linger"),
                                reader.integer("persistence.maxBatch"),
                                reader.integer("persistence.maxQueued"),
                                reader.integer("persistence.maxWrites"),
                                reader.duration("persistence.stall"))),
                catalog(reader),
                reader.build(
                        "reconcile.", () -> new ReconcilerVerticle.Settings(reader.duration("reconcile.interval"))),
                reader.build(
                        "reconcile.",
                        () -> new Reconciler.Settings(
                                reader.text("mongodb.database"),
                                reader.integer("reconcile.passesPerLook"),
                                reader.integer("reconcile.maxRefusals"))),
                reader.build(
                        "live.",
                        () -> new SubscriptionHub.Settings(
                                reader.integer("live.maxClients"),
                                reader.integer("live.maxProducts"),
                                reader.duration("live.heartbeat"))),
                reader.build(
                        "gate.",
                        () -> new PasswordHasher.Settings(
                                reader.integer("gate.bcryptCost"),
                                reader.integer("gate.passwordWorkers"),
                                reader.integer("gate.passwordQueue"),
                                embedded)),
                sessions(reader),
                failedLogins(reader),
                limits(reader),
                smtp(reader),
                admin(reader),
                reader.oneOf("log.level", LOG_LEVELS));
        CrossChecks.check(reader);
        reader.check();
        return configuration;
    }

    private static Path dataDir(SettingsReader reader) {
        if (reader.optional("embedded.dataDir").isEmpty()) {
            reader.error("embedded.dataDir", "must name a folder");
        }
        return reader.path("embedded.dataDir").orElse(null);
    }

    private static Optional<Stores> stores(SettingsReader reader, StoreSettingsValidator validator) {
        boolean redis = reader.validated("redis.uri", validator::redisUri).isPresent();
        boolean mongo = reader.validated("mongodb.uri", validator::mongodbUri).isPresent();
        Optional<String> redisUri = reader.optional("redis.uri");
        Optional<String> mongoUri = reader.optional("mongodb.uri");
        if (redisUri.isPresent() != mongoUri.isPresent()) {
            reader.error(
                    redisUri.isPresent() ? "mongodb.uri" : "redis.uri",
                    "REDIS_URI and MONGODB_URI go together: set both, or neither for the embedded default");
        }
        return redis && mongo ? Optional.of(new Stores(redisUri.get(), mongoUri.get())) : Optional.empty();
    }

    private static RedisGateway.Settings redis(SettingsReader reader) {
        return reader.build(
                "redis.",
                () -> new RedisGateway.Settings(
                        reader.duration("redis.commandTimeout"),
                        reader.integer("redis.maxInFlight"),
                        reader.duration("redis.reconnectMin"),
                        reader.duration("redis.reconnectMax"),
                        reader.duration("redis.heartbeat")));
    }

    private static Catalog.Settings catalog(SettingsReader reader) {
        return reader.build(
                "cache.",
                () -> new Catalog.Settings(
                        reader.text("mongodb.database"),
                        reader.duration("cache.ttl"),
                        reader.durations("cache.ttlByType"),
                        reader.duration("cache.listTtl"),
                        reader.integer("cache.maxLoads")));
    }

    private static HttpVerticle.Settings http(SettingsReader reader, boolean embedded) {
        return reader.build(
                "server.",
                () -> new HttpVerticle.Settings(
                        reader.text("server.host"),
                        reader.integer("server.port"),
                        reader.bytes("server.maxBodySize"),
                        reader.bytes("server.maxHeaderSize"),
                        reader.duration("server.idleTimeout"),
                        reader.integer("server.maxConnectionsPerAddress"),
                        reader.duration("server.drainTimeout"),
                        !embedded,
                        reader.list("cors.origins"),
                        tls(reader)));
    }

    private static Optional<HttpVerticle.Tls> tls(SettingsReader reader) {
        Optional<Path> certificate = file(reader, "server.tls.certificate");
        Optional<Path> key = file(reader, "server.tls.key");
        if (certificate.isPresent() != key.isPresent()) {
            reader.error(
                    certificate.isPresent() ? "server.tls.key" : "server.tls.certificate",
                    "certificate and key go together: set both or neither");
        }
        return certificate.isPresent() && key.isPresent()
                ? Optional.ofNullable(reader.build("server.", () -> new HttpVerticle.Tls(certificate.get(), key.get())))
                : Optional.empty();
    }

    private static Optional<Path> file(SettingsReader reader, String key) {
        Optional<Path> file = reader.path(key);
        if (file.isPresent() && !(Files.isRegularFile(file.get()) && Files.isReadable(file.get()))) {
            reader.error(key, "must name a readable PEM file");
        }
        return file;
    }

    private static List<String> trustedProxies(SettingsReader reader) {
        List<String> ranges = reader.list("proxies.trusted");
        try {
            new ClientAddress(ranges);
        } catch (IllegalArgumentException e) {
            reader.error("proxies.trusted", e.getMessage());
        }
        return ranges;
    }

    private static SessionService.Settings sessions(SettingsReader reader) {
        return reader.build(
                "gate.",
                () -> new SessionService.Settings(
                        reader.duration("gate.sessionPending"),
                        reader.duration("gate.sessionIdle"),
                        reader.duration("gate.sessionAbsolute")));
    }

    private static RateLimit failedLogins(SettingsReader reader) {
        Optional<RateLimit> limit = reader.limit("gate.failedLogins");
        if (limit.isEmpty() && reader.text("gate.failedLogins").equals("unlimited")) {
            reader.error("gate.failedLogins", "must be a limit such as 50/15m");
        }
        return limit.orElse(null);
    }

    private static RateLimiter.Settings limits(SettingsReader reader) {
        return new RateLimiter.Settings(
                limits(action -> reader.limit("limits." + action + ".ip")),
                limits(action -> reader.limit("limits." + action + ".user")));
    }

    private static Map<Action, RateLimit> limits(Function<String, Optional<RateLimit>> read) {
        Map<Action, RateLimit> limits = new EnumMap<>(Action.class);
        for (Action action : Action.values()) {
            read.apply(action.wireName()).ifPresent(limit -> limits.put(action, limit));
        }
        return limits;
    }

    private static Optional<SmtpMailer.Settings> smtp(SettingsReader reader) {
        Optional<URI> uri = reader.uri("smtp.uri", Set.of("smtp", "smtps"));
        // Read even without a server, so that an invalid value is reported whether it is used or not.
        SmtpMailer.Settings settings = reader.build(
                "smtp.",
                () -> new SmtpMailer.Settings(
                        uri.orElse(NO_MAIL_SERVER),
                        reader.text("smtp.from"),
                        reader.integer("smtp.maxQueued"),
                        reader.duration("smtp.timeout")));
        return uri.map(given -> settings);
    }

    private static Optional<Admin> admin(SettingsReader reader) {
        Optional<String> email = reader.optional("admin.email");
        Optional<String> password = reader.optional("admin.password");
        if (email.isPresent() != password.isPresent()) {
            reader.error(
                    email.isPresent() ? "admin.password" : "admin.email",
                    "ADMIN_EMAIL and ADMIN_PASSWORD go together: set both or neither");
        }
        if (email.isPresent() && !AccountService.isEmail(email.get())) {
            reader.error("admin.email", "must be an e-mail address such as admin@example.com");
        }
        if (password.isPresent() && !AccountService.isPassword(password.get())) {
            reader.error("admin.password", AccountService.passwordRule());
        }
        return email.isPresent() && password.isPresent()
                ? Optional.of(new Admin(email.get(), password.get()))
                : Optional.empty();
    }
}
