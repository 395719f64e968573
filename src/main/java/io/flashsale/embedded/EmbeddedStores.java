package io.flashsale.embedded;

import java.nio.file.Path;

/** Runs both embedded stores on one data folder. */
public final class EmbeddedStores implements AutoCloseable {
    private final DataFolder folder;
    private final EmbeddedRedis redis;
    private final EmbeddedMongo mongo;

    private EmbeddedStores(DataFolder folder, EmbeddedRedis redis, EmbeddedMongo mongo) {
        this.folder = folder;
        this.redis = redis;
        this.mongo = mongo;
    }

    /**
     * Locks the folder and starts both stores. If one cannot be started, the rest is stopped again.
     *
     * @throws EmbeddedStoreException with a message that says what to do
     */
    public static EmbeddedStores start(Path dataFolder) {
        DataFolder folder = DataFolder.open(dataFolder);
        EmbeddedRedis redis = null;
        EmbeddedMongo mongo = null;
        try {
            redis = EmbeddedRedis.start(folder.folder("redis"));
            mongo = EmbeddedMongo.start(folder.folder("mongo"));
            RunningStores.record(folder.path(), redis.uri(), mongo.uri());
            return new EmbeddedStores(folder, redis, mongo);
        } catch (RuntimeException e) {
            close(folder, redis, mongo);
            throw e;
        }
    }

    /** Returns the address of Redis, including its password. */
    public String redisUri() {
        return redis.uri();
    }

    /** Returns the address of the MongoDB-wire server. */
    public String mongoUri() {
        return mongo.uri();
    }

    /** Returns the data folder, which also keeps secrets. */
    public DataFolder folder() {
        return folder;
    }

    /** Describes in two lines for operators what runs where. Contains no password. */
    public String describe() {
        return "Redis     127.0.0.1:" + redis.port() + "  child process, " + redis.binary() + ", append-only file in "
                + folder.path().resolve("redis") + "\nMongoDB   127.0.0.1:" + mongo.port()
                + "  MongoDB-wire server in this process, H2 file in "
                + folder.path().resolve("mongo");
    }

    @Override
    public void close() {
        close(folder, redis, mongo);
    }

    /** Closes what was started, and unlocks the folder last: no other process may use it while a store still does. */
    private static void close(DataFolder folder, EmbeddedRedis redis, EmbeddedMongo mongo) {
        try {
            if (mongo != null) {
                mongo.close();
            }
        } finally {
            try {
                if (redis != null) {
                    redis.close();
                }
            } finally {
                folder.close();
            }
        }
    }
}
