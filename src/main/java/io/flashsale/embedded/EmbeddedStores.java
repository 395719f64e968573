package io.flashsale.embedded;

import java.nio.file.Path;

/** Both embedded stores on one data folder. */
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
     * Locks the folder and starts both stores; what was started is stopped again where the rest cannot be.
     *
     * @throws EmbeddedStoreException that says what to do
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

    /** Where Redis listens, with its password. */
    public String redisUri() {
        return redis.uri();
    }

    /** Where the MongoDB-wire server listens. */
    public String mongoUri() {
        return mongo.uri();
    }

    /** The folder, and the secrets that are kept in it. */
    public DataFolder folder() {
        return folder;
    }

    /** What runs where, in two lines for the operator; no password in them. */
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

    /** Whatever of them was started, and the folder last: it is nobody else's before the stores have let go of it. */
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
