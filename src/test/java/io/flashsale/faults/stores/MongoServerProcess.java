package io.flashsale.faults.stores;

import io.flashsale.embedded.EmbeddedMongo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs the MongoDB-wire server in its own JVM, so that it can be killed and halted. */
public final class MongoServerProcess implements AutoCloseable {
    private final Path folder;
    private final Path log;
    private final int port = RedisServer.freePort();
    private Process process;
    private int starts;

    public MongoServerProcess(Path folder) {
        this.folder = folder;
        this.log = folder.resolveSibling("mongo.log");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /** Runs the server in the child process. */
    public static void main(String[] args) throws InterruptedException {
        EmbeddedMongo mongo = EmbeddedMongo.start(Path.of(args[0]), Integer.parseInt(args[1]));
        System.out.println("LISTENING " + mongo.port());
        Thread.currentThread().join();
    }

    public void start() {
        process = Processes.java(
                MongoServerProcess.class, List.of(folder.toString(), String.valueOf(port)), Map.of(), log);
        Processes.awaitLine(process, log, "LISTENING", starts++);
    }

    public int port() {
        return port;
    }

    public void kill() {
        Processes.halt(process, false);
        Processes.kill(process);
    }

    public void halt(boolean halted) {
        Processes.halt(process, halted);
    }

    @Override
    public void close() {
        kill();
    }
}
