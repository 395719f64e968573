package io.flashsale.server;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoNamespace;
import com.mongodb.ReadPreference;
import io.flashsale.config.StoreSettingsValidator;
import io.flashsale.net.ListenAddress;
import io.vertx.redis.client.impl.RedisURI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Validates the addresses of the stores with the parsers of the clients that will connect to them.
 *
 * <p>A parser's message is never repeated, because it may quote a password. Known messages are replaced by descriptions
 * of our own.
 */
public final class DriverValidator implements StoreSettingsValidator {
    private static final String REDIS_FORM =
            "must be the address of one server, such as redis://user:password@host:6379/0";
    private static final String MONGODB_FORM = "must be an address such as"
            + " mongodb://user:password@host:27017/?replicaSet=rs0 or mongodb+srv://user:password@host";
    private static final String PERCENT_ENCODING =
            "reserved characters in user name and password must be percent-encoded, for example"
                    + " %40 for @, %3A for : and %2F for /";
    private static final String PORT = "a port must be 1 to 65535; " + PERCENT_ENCODING;

    /** Maps the beginning of each error message of MongoDB's driver to a description. */
    private static final Map<String, String> DESCRIPTIONS = descriptions();

    private static final Pattern SECURITY_SWITCH =
            Pattern.compile("[?&;](?:tls|ssl)=(?!(?:true|yes|1|false|no|0)(?:[&;]|$))", Pattern.CASE_INSENSITIVE);
    private static final Pattern NEEDS_A_LIBRARY =
            Pattern.compile("[?&;]compressors=[^&;]*(?:snappy|zstd)", Pattern.CASE_INSENSITIVE);
    private static final Pattern RESERVED_IN_DATABASE = Pattern.compile("[$\\s]");
    private static final Set<String> SYSTEM_DATABASES = Set.of("admin", "config", "local");
    private static final int MAX_DATABASE_BYTES = 63;

    private static Map<String, String> descriptions() {
        Map<String, String> descriptions = new LinkedHashMap<>();
        descriptions.put("The connection string contains an invalid host and port", PORT);
        descriptions.put("The connection string contains invalid user information", PERCENT_ENCODING);
        descriptions.put("URLDecoder", PERCENT_ENCODING);
        descriptions.put("The connection string contains an at-sign", "the user name is missing");
        descriptions.put("No username", "the user name is missing");
        descriptions.put("The connection string contains an empty host", "a host is missing");
        descriptions.put(
                "The connection string contains an invalid host",
                "an IPv6 address must be in brackets; " + PERCENT_ENCODING);
        descriptions.put("Only one host allowed", "mongodb+srv:// takes one host name, without a port");
        descriptions.put("Host for when using mongodb+srv", "mongodb+srv:// takes one host name, without a port");
        descriptions.put("The connection string contains an invalid option", "every option must be name=value");
        descriptions.put(
                "The connection string contains an invalid value", "an option that needs a number has no valid number");
        descriptions.put("state should be: databaseName", "the name of the database is invalid");
        descriptions.put("Direct connections are not supported", "directConnection=true takes one host");
        return descriptions;
    }

    @Override
    public Optional<String> redisUri(String uri) {
        if (!uri.startsWith("redis://") && !uri.startsWith("rediss://")) {
            return Optional.of("must begin with redis:// or rediss://");
        }
        try {
            RedisURI parsed = new RedisURI(uri);
            int port = parsed.socketAddress().port();
            if (port < 1) {
                return redis("the port must be 1 to 65535");
            }
            if (parsed.select() != null && parsed.select() < 0) {
                return redis("the database must be a number from 0");
            }
            if (parsed.user() != null && parsed.password() == null) {
                return redis("a user name needs a password; a password alone follows a colon, as in :password@host");
            }
            return Optional.empty();
        } catch (NumberFormatException e) {
            return redis("the database must be a number from 0");
        } catch (RuntimeException e) {
            return redis(redisError(uri));
        }
    }

    private static Optional<String> redis(String reason) {
        return Optional.of(REDIS_FORM + ": " + reason);
    }

    /** Finds the cause, because the parser only reports that it failed. */
    private static String redisError(String uri) {
        String host = uri.substring(uri.lastIndexOf('@') + 1)
                .replaceFirst("^rediss?://", "")
                .split("[/?#]", 2)[0];
        if (host.contains(",")) {
            return "several hosts are not supported";
        }
        if (host.startsWith(":") || host.isEmpty()) {
            return "the host is missing";
        }
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') && !isPort(host.substring(colon + 1))
                ? "the port must be 1 to 65535"
                : "a host name consists of letters, digits, hyphens and dots; " + PERCENT_ENCODING;
    }

    private static boolean isPort(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 65_535;
    }

    @Override
    public Optional<String> mongodbUri(String uri) {
        if (!uri.startsWith("mongodb://") && !uri.startsWith("mongodb+srv://")) {
            return Optional.of("must begin with mongodb:// or mongodb+srv://");
        }
        try {
            // Does not query DNS for further options: whether DNS answers is not a matter of configuration.
            ConnectionString parsed = new ConnectionString(uri, (name, type) -> List.of());
            MongoClientSettings.builder().applyConnectionString(parsed).build();
            return mongodbRules(uri, parsed).map(reason -> MONGODB_FORM + ": " + reason);
        } catch (RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            String reason = DESCRIPTIONS.entrySet().stream()
                    .filter(description -> message.startsWith(description.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse("its options are unknown or contradict each other");
            return Optional.of(MONGODB_FORM + ": " + reason);
        }
    }

    /** Rejects values that the parser accepts but that fail later, or without an error. */
    private static Optional<String> mongodbRules(String uri, ConnectionString parsed) {
        if (parsed.getHosts().stream().anyMatch(host -> host.endsWith(".sock"))) {
            return Optional.of("Unix sockets are not supported");
        }
        if (!parsed.getHosts().stream().allMatch(DriverValidator::isHost)) {
            return Optional.of("a host must be an IP address or a host name");
        }
        if (SECURITY_SWITCH.matcher(uri).find()) {
            return Optional.of("tls must be true or false");
        }
        if (NEEDS_A_LIBRARY.matcher(uri).find()) {
            return Optional.of("zlib is the only supported compressor");
        }
        ReadPreference preference = parsed.getReadPreference();
        if (preference != null && !preference.equals(ReadPreference.primary())) {
            return Optional.of("readPreference must be primary, because a secondary may return stale data");
        }
        return Optional.empty();
    }

    private static boolean isHost(String hostAndPort) {
        String host = hostAndPort.replaceFirst(":[0-9]+$", "");
        return ListenAddress.isHost(
                host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
    }

    @Override
    public Optional<String> mongodbDatabase(String name) {
        if (SYSTEM_DATABASES.contains(name)) {
            return Optional.of("must not be one of MongoDB's system databases admin, config and local");
        }
        try {
            MongoNamespace.checkDatabaseNameValidity(name);
        } catch (IllegalArgumentException e) {
            return Optional.of(databaseRule());
        }
        return RESERVED_IN_DATABASE.matcher(name).find()
                        || name.getBytes(StandardCharsets.UTF_8).length > MAX_DATABASE_BYTES
                ? Optional.of(databaseRule())
                : Optional.empty();
    }

    private static String databaseRule() {
        return "must be 1 to " + MAX_DATABASE_BYTES + " bytes without whitespace and without any of / \\ . \" $";
    }
}
