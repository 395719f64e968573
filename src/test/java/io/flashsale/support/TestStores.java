package io.flashsale.support;

import com.redis.testcontainers.RedisContainer;
import io.flashsale.config.Configuration;
import io.flashsale.embedded.EmbeddedMongo;
import io.flashsale.embedded.EmbeddedRedis;
import io.flashsale.embedded.TestRedisBinary;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import org.testcontainers.mongodb.MongoDBContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Provides the Redis and the MongoDB of the integration tests: those that REDIS_URI and MONGODB_URI name, else
 * containers if Docker is available, else the embedded ones. One pair serves the whole run, which prints the kind.
 */
public final class TestStores {
    /** The system property for the image of the Redis container, such as {@code valkey/valkey:8}; {@code redis:7} by default. */
    private static final String REDIS_IMAGE = "flashsale.redis.image";

    /** The system property for the image of the MongoDB container, such as {@code mongo:8}; {@code mongo:7} by default. */
    private static final String MONGO_IMAGE = "flashsale.mongo.image";

    private static final TestStores SHARED = open();

    private final String kind;
    private final String redisUri;
    private final String mongoUri;

    private TestStores(String kind, String redisUri, String mongoUri) {
        this.kind = kind;
        this.redisUri = redisUri;
        this.mongoUri = mongoUri;
        System.out.println("The tests run on " + kind);
    }

    private static TestStores open() {
        String redisUri = System.getenv("REDIS_URI");
        String mongoUri = System.getenv("MONGODB_URI");
        if (redisUri != null && mongoUri != null) {
            return new TestStores(
                    "the servers that REDIS_URI and MONGODB_URI name", withDatabaseOfThisFork(redisUri), mongoUri);
        }
        return Docker.isAvailable() ? containers() : local();
    }

    /**
     * Selects a database per fork: classes run in parallel forks, and would otherwise share state per address, such as
     * rate limits.
     */
    private static String withDatabaseOfThisFork(String redisUri) {
        String fork = System.getProperty("surefire.forkNumber", "1");
        boolean namesNone = URI.create(redisUri).getRawPath().replace("/", "").isEmpty();
        if (!namesNone || fork.equals("1")) {
            return redisUri;
        }
        int question = redisUri.indexOf('?');
        String server = question < 0 ? redisUri : redisUri.substring(0, question);
        return server.replaceAll("/+$", "") + "/" + fork + redisUri.substring(server.length());
    }

    private static TestStores containers() {
        String redisImage = System.getProperty(REDIS_IMAGE, TestRedisBinary.isValkey() ? "valkey/valkey:8" : "redis:7");
        String mongoImage = System.getProperty(MONGO_IMAGE, "mongo:7");
        RedisContainer redis =
                new RedisContainer(DockerImageName.parse(redisImage).asCompatibleSubstituteFor("redis"));
        // Without a replica set a majority write would mean nothing. Its only member is named inside of the container's
        // network, so clients connect to it directly and not by the set's name.
        MongoDBContainer mongo = new MongoDBContainer(mongoImage).withReplicaSet();
        redis.start();
        mongo.start();
        return new TestStores(
                "containers: " + redisImage + " and " + mongoImage, redis.getRedisURI(), mongo.getConnectionString());
    }

    private static TestStores local() {
        Path folder = temporaryFolder();
        EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
        EmbeddedMongo mongo = EmbeddedMongo.start(createFolder(folder.resolve("mongo")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            mongo.close();
            redis.close();
            delete(folder);
        }));
        return new TestStores(
                "local processes: " + redis.binary() + " and the MongoDB-wire server", redis.uri(), mongo.uri());
    }

    /** Returns the shared pair. */
    public static Configuration.Stores shared() {
        return new Configuration.Stores(SHARED.redisUri, SHARED.mongoUri);
    }

    /** Returns the port of the shared Redis. */
    public static int redisPort() {
        int port = URI.create(SHARED.redisUri).getPort();
        return port < 0 ? 6379 : port;
    }

    /** Returns the shared pair with Redis at this port of this machine. */
    public static Configuration.Stores sharedWithRedisAt(int port) {
        URI uri = URI.create(SHARED.redisUri);
        String user = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@";
        return new Configuration.Stores(uri.getScheme() + "://" + user + "127.0.0.1:" + port, SHARED.mongoUri);
    }

    /** Opens a database of the shared pair without the program. */
    public static MongoClient mongo(Vertx vertx, String database) {
        return MongoClient.create(
                vertx,
                new JsonObject().put("connection_string", SHARED.mongoUri).put("db_name", database));
    }

    /** Returns the kind of the shared pair. */
    public static String kind() {
        return SHARED.kind;
    }

    /** Returns the name of a database that no other test uses. */
    public static String freshDatabase() {
        return "test_" + UUID.randomUUID().toString().replace("-", "");
    }

    /** Creates a folder that no other test uses. */
    public static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("flash-sale-test-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path createFolder(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a folder and its content. */
    public static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
