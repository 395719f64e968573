package io.flashsale.config;

import io.flashsale.catalog.Catalog;
import io.flashsale.gate.Action;
import io.flashsale.gate.ClientAddress;
import io.flashsale.gate.Passwords;
import io.flashsale.gate.RateLimit;
import io.flashsale.gate.RateLimiter;
import io.flashsale.gate.Sessions;
import io.flashsale.gate.SmtpMailer;
import io.flashsale.http.HttpVerticle;
import io.flashsale.http.ManagementVerticle;
import io.flashsale.live.LiveRoom;
import io.flashsale.persistence.GroupCommit;
import io.flashsale.persistence.MongoLink;
import io.flashsale.purchase.Ledger;
import io.flashsale.reconcile.Reconciler;
import io.flashsale.reconcile.ReconcilerVerticle;
import io.flashsale.redis.RedisLink;
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
 * The whole configuration, each room's part as that room's own record.
 *
 * @param stores the servers to use, or empty for the embedded default
 */
public record Configuration(
        Optional<Stores> stores,
        Path dataDir,
        String database,
        Instances instances,
        RedisLink.Settings redis,
        MongoLink.Settings mongodb,
        HttpVerticle.Settings http,
        ManagementVerticle.Settings management,
        List<String> trustedProxies,
        Purchase purchase,
        Ledger.Settings ledger,
        GroupCommit.Settings groupCommit,
        Catalog.Settings catalog,
        ReconcilerVerticle.Settings reconciler,
        Reconciler.Settings reconciliation,
        LiveRoom.Settings live,
        Passwords.Settings passwords,
        Sessions.Settings sessions,
        RateLimit failedLogins,
        RateLimiter.Settings limits,
        Optional<SmtpMailer.Settings> smtp,
        Optional<Admin> admin,
        String logLevel) {

    /**
     * Servers of the operator.
     *
     * @param redisUri with its credentials
     * @param mongoUri with its credentials
     */
    public record Stores(String redisUri, String mongoUri) {
        @Override
        public String toString() {
            return "Stores[***]";
        }
    }

    /** Event loops for each kind of verticle. */
    public record Instances(int http, int purchase, int persistence) {
        /** Refuses what makes no sense. */
        public Instances {
            requireSane("http", http);
            requireSane("purchase", purchase);
            requireSane("persistence", persistence);
        }

        private static void requireSane(String name, int count) {
            if (count < 1 || count > 256) {
                throw new IllegalArgumentException(name + " must be 1 to 256");
            }
        }
    }

    /** Bounds of the purchase. */
    public record Purchase(int maxInFlight, Duration confirmTimeout) {
        /** Refuses what makes no sense. */
        public Purchase {
            if (maxInFlight < 1) {
                throw new IllegalArgumentException("maxInFlight must be at least 1");
            }
            if (confirmTimeout.toMillis() < 1) {
                throw new IllegalArgumentException("confirmTimeout must be at least 1ms");
            }
        }
    }

    /** The first admin. */
    public record Admin(String email, String password) {
        @Override
        public String toString() {
            return "Admin[***]";
        }
    }

    /**
     * Reads the configuration.
     *
     * @param environment the process' variables
     * @throws ConfigurationException that names every mistake
     */
    public static Configuration read(Map<String, String> environment) {
        SettingsReader reader = new SettingsReader(Settings.read(environment));
        Optional<Stores> stores = stores(reader);
        boolean embedded = stores.isEmpty();
        Configuration configuration = new Configuration(
                stores,
                Path.of(reader.text("embedded.dataDir")),
                reader.text("mongodb.database"),
                reader.build(
                        "instances.",
                        () -> new Instances(
                                reader.integer("instances.http"),
                                reader.integer("instances.purchase"),
                                reader.integer("instances.persistence"))),
                redis(reader),
                reader.build("mongodb.", () -> new MongoLink.Settings(reader.duration("mongodb.commandTimeout"))),
                http(reader, embedded),
                reader.build(
                        "management.",
                        () -> new ManagementVerticle.Settings(
                                reader.text("management.host"), reader.integer("management.port"))),
                trustedProxies(reader),
                reader.build(
                        "purchase.",
                        () -> new Purchase(
                                reader.integer("purchase.maxInFlight"), reader.duration("purchase.confirmTimeout"))),
                reader.build(
                        "purchase.",
                        () -> new Ledger.Settings(
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
                        () -> new LiveRoom.Settings(
                                reader.integer("live.maxClients"),
                                reader.integer("live.maxProducts"),
                                reader.duration("live.heartbeat"))),
                reader.build(
                        "gate.",
                        () -> new Passwords.Settings(
                                reader.integer("gate.bcryptCost"),
                                reader.integer("gate.passwordWorkers"),
                                reader.integer("gate.passwordQueue"),
                                embedded)),
                sessions(reader),
                failedLogins(reader),
                limits(reader),
                smtp(reader),
                admin(reader),
                reader.oneOf("log.level", List.of("ERROR", "WARN", "INFO", "DEBUG")));

        reader.check();
        return configuration;
    }

    private static Optional<Stores> stores(SettingsReader reader) {
        boolean redis = reader.uri("redis.uri", Set.of("redis", "rediss")).isPresent();
        boolean mongo =
                reader.uri("mongodb.uri", Set.of("mongodb", "mongodb+srv")).isPresent();
        Optional<String> redisUri = reader.optional("redis.uri");
        Optional<String> mongoUri = reader.optional("mongodb.uri");
        if (redisUri.isPresent() != mongoUri.isPresent()) {
            reader.mistake(
                    redisUri.isPresent() ? "mongodb.uri" : "redis.uri",
                    "REDIS_URI and MONGODB_URI go together: set both, or none for the embedded default");
        }
        return redis && mongo ? Optional.of(new Stores(redisUri.get(), mongoUri.get())) : Optional.empty();
    }

    private static RedisLink.Settings redis(SettingsReader reader) {
        return reader.build(
                "redis.",
                () -> new RedisLink.Settings(
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
            reader.mistake(
                    certificate.isPresent() ? "server.tls.key" : "server.tls.certificate",
                    "certificate and key go together: set both or none");
        }
        return certificate.isPresent() && key.isPresent()
                ? Optional.of(new HttpVerticle.Tls(certificate.get(), key.get()))
                : Optional.empty();
    }

    private static Optional<Path> file(SettingsReader reader, String key) {
        Optional<Path> file = reader.optional(key).map(Path::of);
        if (file.isPresent() && !Files.isReadable(file.get())) {
            reader.mistake(key, "must name a PEM file that can be read");
        }
        return file;
    }

    private static List<String> trustedProxies(SettingsReader reader) {
        List<String> ranges = reader.list("proxies.trusted");
        try {
            new ClientAddress(ranges);
        } catch (IllegalArgumentException e) {
            reader.mistake("proxies.trusted", e.getMessage());
        }
        return ranges;
    }

    private static Sessions.Settings sessions(SettingsReader reader) {
        Duration pending = reader.duration("gate.sessionPending");
        Duration idle = reader.duration("gate.sessionIdle");
        Duration absolute = reader.duration("gate.sessionAbsolute");
        if (pending == null || idle == null || absolute == null) {
            return null;
        }
        try {
            return new Sessions.Settings(pending, idle, absolute);
        } catch (IllegalArgumentException e) {
            reader.mistake("gate.sessionAbsolute", e.getMessage());
            return null;
        }
    }

    private static RateLimit failedLogins(SettingsReader reader) {
        Optional<RateLimit> limit = reader.limit("gate.failedLogins");
        if (limit.isEmpty() && reader.text("gate.failedLogins").equals("unlimited")) {
            reader.mistake("gate.failedLogins", "must be a limit such as 50/15m");
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
        return reader.uri("smtp.uri", Set.of("smtp", "smtps"))
                .map(uri -> reader.build(
                        "smtp.",
                        () -> new SmtpMailer.Settings(
                                uri,
                                reader.text("smtp.from"),
                                reader.integer("smtp.maxQueued"),
                                reader.duration("smtp.timeout"))));
    }

    private static Optional<Admin> admin(SettingsReader reader) {
        Optional<String> email = reader.optional("admin.email");
        Optional<String> password = reader.optional("admin.password");
        if (email.isPresent() != password.isPresent()) {
            reader.mistake(
                    email.isPresent() ? "admin.password" : "admin.email",
                    "ADMIN_EMAIL and ADMIN_PASSWORD go together: set both or none");
        }
        return email.isPresent() && password.isPresent()
                ? Optional.of(new Admin(email.get(), password.get()))
                : Optional.empty();
    }
}
