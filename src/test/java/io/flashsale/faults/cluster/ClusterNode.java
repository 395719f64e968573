package io.flashsale.faults.cluster;

import io.flashsale.faults.network.TcpProxy;
import io.flashsale.faults.stores.MongoPrimary;
import io.flashsale.faults.stores.Processes;
import io.flashsale.server.NodeProcess;
import io.flashsale.support.Client;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs one node in its own process, with separate proxies to each store and for its clients. */
public final class ClusterNode implements AutoCloseable {
    /** Purchase attempts per user and second that the rate limit admits. */
    public static final int PURCHASES_PER_SECOND = 60;

    private static final String ADMIN = "admin@example.com";

    private final TcpProxy redis;
    private final TcpProxy mongo;
    private final TcpProxy front;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> arguments;
    private final Path log;
    private volatile Process process;
    private int managementPort;
    private int starts;

    /**
     * Starts a node.
     *
     * @param primary of MongoDB, or empty if no proxy can be used
     * @param minutesAhead how far its clock is ahead
     */
    ClusterNode(
            Path folder,
            String name,
            int redisPort,
            String mongoUri,
            Optional<MongoPrimary> primary,
            String database,
            int minutesAhead) {
        redis = new TcpProxy(redisPort);
        mongo = primary.map(found -> new TcpProxy(found.address())).orElseGet(() -> new TcpProxy(0));
        front = new TcpProxy(0);
        log = folder.resolve(name + ".log");
        environment.put("PORT", "0");
        environment.put("HOST", "127.0.0.1");
        environment.put("MANAGEMENT_PORT", "0");
        environment.put("FLASHSALE_MONGODB_DATABASE", database);
        environment.put("FLASHSALE_MONGODB_COMMAND_TIMEOUT", "1s");
        environment.put("FLASHSALE_REDIS_COMMAND_TIMEOUT", "500ms");
        environment.put("FLASHSALE_PURCHASE_CONFIRM_TIMEOUT", "700ms");
        // Long enough that a busy machine is not mistaken for an unreachable MongoDB: a refusal may be trusted without
        // MongoDB only while the link is broken.
        environment.put("FLASHSALE_PURCHASE_REFUSAL_TIMEOUT", "2s");
        environment.put("FLASHSALE_GATE_BCRYPT_COST", "4");
        environment.put("FLASHSALE_RECONCILE_INTERVAL", "200ms");
        environment.put("FLASHSALE_RECONCILE_PASSES_PER_LOOK", "3");
        environment.put("FLASHSALE_INSTANCES_HTTP", "1");
        environment.put("FLASHSALE_INSTANCES_PURCHASE", "1");
        environment.put("FLASHSALE_INSTANCES_PERSISTENCE", "1");
        environment.put("ADMIN_EMAIL", ADMIN);
        environment.put("ADMIN_PASSWORD", Client.PASSWORD);
        for (String action : List.of("REGISTER", "LOGIN", "OTP", "PURCHASE", "READ")) {
            environment.put("FLASHSALE_LIMITS_" + action + "_IP", "unlimited");
            environment.put("FLASHSALE_LIMITS_" + action + "_USER", "unlimited");
        }
        environment.put("FLASHSALE_LIMITS_PURCHASE_USER", PURCHASES_PER_SECOND + "/1s");
        String reached = primary.map(found -> found.through(mongo.port())).orElse(mongoUri);
        arguments = List.of("redis://127.0.0.1:" + redis.port(), reached, String.valueOf(minutesAhead));
        start();
    }

    public void start() {
        launch();
        awaitReady();
    }

    public void launch() {
        process = Processes.java(NodeProcess.class, arguments, environment, log);
    }

    public void awaitReady() {
        String[] ports = Processes.awaitLine(process, log, "READY", starts++).split(" ", 2);
        managementPort = Integer.parseInt(ports[1]);
        front.retarget(Integer.parseInt(ports[0]));
    }

    /** Sends SIGKILL, which also ends a halted process. */
    public void kill() {
        Processes.kill(process);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    public void halt(boolean halted) {
        Processes.halt(process, halted);
    }

    public TcpProxy redis() {
        return redis;
    }

    public TcpProxy mongo() {
        return mongo;
    }

    public TcpProxy front() {
        return front;
    }

    public int port() {
        return front.port();
    }

    int managementPort() {
        return managementPort;
    }

    Client admin() {
        Client client = new Client(port(), managementPort);
        client.signIn(ADMIN, Client.PASSWORD);
        return client;
    }

    @Override
    public void close() {
        kill();
        redis.close();
        mongo.close();
        front.close();
    }
}
