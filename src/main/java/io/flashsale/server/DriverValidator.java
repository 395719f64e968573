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
 * Judges the addresses of the stores by the parsers of the clients that will connect to them.
 *
 * <p>What a parser says is never repeated, since it may quote a password: its complaint is recognised, and told in words of
 * our own.
 */
public final class DriverValidator implements StoreSettingsValidator {
    private static final String REDIS_FORM =
            "must be the address of one server, such as redis://user:password@host:6379/0";
    private static final String MONGODB_FORM = "must be an address such as"
            + " mongodb://user:password@host:27017/?replicaSet=rs0 or mongodb+srv://user:password@host";
    private static final String ESCAPED =
            "reserved characters in user name and password must be percent-encoded, such as"
                    + " %40 for @, %3A for : and %2F for /";
    private static final String PORT = "a port must be 1 to 65535; " + ESCAPED;

    /** How the complaints of MongoDB's driver begin, and what they mean. */
    private static final Map<String, String> COMPLAINTS = complaints();

    private static final Pattern SECURITY_SWITCH =
            Pattern.compile("[?&;](?:tls|ssl)=(?!(?:true|yes|1|false|no|0)(?:[&;]|$))", Pattern.CASE_INSENSITIVE);
    private static final Pattern NEEDS_A_LIBRARY =
            Pattern.compile("[?&;]compressors=[^&;]*(?:snappy|zstd)", Pattern.CASE_INSENSITIVE);
    private static final Pattern RESERVED_IN_DATABASE = Pattern.compile("[$\\s]");
    private static final Set<String> MONGODBS_OWN = Set.of("admin", "config", "local");
    private static final int MAX_DATABASE_BYTES = 63;

    private static Map<String, String> complaints() {
        Map<String, String> complaints = new LinkedHashMap<>();
        complaints.put("The connection string contains an invalid host and port", PORT);
        complaints.put("The connection string contains invalid user information", ESCAPED);
        complaints.put("URLDecoder", ESCAPED);
        complaints.put("The connection string contains an at-sign", "the user name is missing");
        complaints.put("No username", "the user name is missing");
        complaints.put("The connection string contains an empty host", "a host is missing");
        complaints.put(
                "The connection string contains an invalid host", "an IPv6 address stands in brackets; " + ESCAPED);
        complaints.put("Only one host allowed", "mongodb+srv:// takes one host name, without a port");
        complaints.put("Host for when using mongodb+srv", "mongodb+srv:// takes one host name, without a port");
        complaints.put("The connection string contains an invalid option", "every option must be name=value");
        complaints.put("The connection string contains an invalid value", "an option that takes a number has none");
        complaints.put("state should be: databaseName", "the database in it has a name that MongoDB does not take");
        complaints.put("Direct connections are not supported", "directConnection=true takes one host");
        return complaints;
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
                return redis("a user name needs a password; a password alone stands behind a colon, :password@host");
            }
            return Optional.empty();
        } catch (NumberFormatException e) {
            return redis("the database must be a number from 0");
        } catch (RuntimeException e) {
            return redis(redisComplaint(uri));
        }
    }

    private static Optional<String> redis(String reason) {
        return Optional.of(REDIS_FORM + ": " + reason);
    }

    /** The parser says no more than that it failed. */
    private static String redisComplaint(String uri) {
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
                : "a host name has letters, digits, hyphens and dots; " + ESCAPED;
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
            // The options that DNS would add are not asked for: whether it answers is not a matter of configuration.
            ConnectionString parsed = new ConnectionString(uri, (name, type) -> List.of());
            MongoClientSettings.builder().applyConnectionString(parsed).build();
            return mongodbRules(uri, parsed).map(reason -> MONGODB_FORM + ": " + reason);
        } catch (RuntimeException e) {
            String said = String.valueOf(e.getMessage());
            String reason = COMPLAINTS.entrySet().stream()
                    .filter(complaint -> said.startsWith(complaint.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse("its options are not known or contradict each other");
            return Optional.of(MONGODB_FORM + ": " + reason);
        }
    }

    /** What the parser lets pass, and what then goes wrong later or in silence. */
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
            return Optional.of("of the compressors only zlib comes along");
        }
        ReadPreference preference = parsed.getReadPreference();
        if (preference != null && !preference.equals(ReadPreference.primary())) {
            return Optional.of("readPreference must be primary, since what a secondary answers may be old");
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
        if (MONGODBS_OWN.contains(name)) {
            return Optional.of("must be a database of its own: admin, config and local are MongoDB's");
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
        return "must be 1 to " + MAX_DATABASE_BYTES + " bytes without blanks and without any of / \\ . \" $";
    }
}
