package io.flashsale.server;

import io.flashsale.config.Configuration;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;

/** A node in a JVM of its own, with the mailbox of the embedded default and stores that it is told of. */
public final class NodeProcess {
    private NodeProcess() {}

    /**
     * Runs a node until it is killed.
     *
     * @param args Redis' URI, MongoDB's, and how many minutes its clock is ahead
     */
    public static void main(String[] args) throws InterruptedException {
        Vertx vertx = Vertx.vertx();
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(Long.parseLong(args[2])));
        FlashSaleServer sale = new FlashSaleServer(
                vertx,
                Configuration.read(System.getenv(), new DriverValidator()),
                new Configuration.Stores(args[0], args[1]),
                clock);
        sale.start()
                .onSuccess(started -> System.out.println("READY " + sale.port() + " " + sale.managementPort()))
                .onFailure(failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                });
        Thread.currentThread().join();
    }
}
