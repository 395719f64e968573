package io.flashsale.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.flashsale.faults.Streams.Times;
import io.flashsale.faults.stores.MongoServerProcess;
import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.stores.RawRedis;
import io.flashsale.faults.stores.RedisServer;
import io.flashsale.redis.Keys;
import io.flashsale.server.NodeProcess;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Polling;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures how fast thousands of subscribers of a product receive its sell-out; asserts only that each receives it
 * once.
 *
 * <p>Run it with {@code mvn -B -ntp verify -Pmeasure -Dit.test=LiveTimingsIT}, {@code -Dlive.clients=} and {@code
 * -Dlive.runs=}. The node has its own process and two event loops; stores, buyers and subscribers share the machine
 * with it.
 */
@Tag("measure")
class LiveTimingsIT {
    private static final int CLIENTS = Integer.getInteger("live.clients", 5_000);
    private static final int RUNS = Integer.getInteger("live.runs", 5);
    private static final int OPENED_AT_ONCE = 500;
    private static final int STOCK = 100;
    private static final List<String> JVM = List.of("-Xmx512m");

    /** Holds the timings of one run in nanoseconds, and its number of Redis commands. */
    private record Run(
            long openedIn, Times snapshots, long commands, long answeredIn, Times sinceAsked, Times sincePublished) {}

    @Test
    void everySubscriberReceivesTheSellOut() {
        // given
        long files =
                ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
        assertTrue(files > CLIENTS + 500, "each client needs an open file, and ulimit -n is " + files);
        Path folder = TestStores.temporaryFolder();
        Path log = folder.resolve("node.log");
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
        RedisServer redis = new RedisServer(folder.resolve("redis"));
        MongoServerProcess mongo = new MongoServerProcess(folder.resolve("mongo"));
        Process node = Processes.java(
                NodeProcess.class,
                JVM,
                List.of(redis.uri(), "mongodb://127.0.0.1:" + mongo.port(), "0"),
                environment(),
                log);
        try {
            String[] ports = Processes.awaitLine(node, log, "READY", 0).split(" ", 2);

            // when
            play(vertx, redis, node, Integer.parseInt(ports[0]), Integer.parseInt(ports[1]));
        } finally {
            Processes.kill(node);
            mongo.close();
            redis.close();
            TestNode.await(vertx.close());
            TestStores.delete(folder);
        }
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("PORT", "0");
        environment.put("HOST", "127.0.0.1");
        environment.put("MANAGEMENT_PORT", "0");
        environment.put("FLASHSALE_MONGODB_DATABASE", TestStores.freshDatabase());
        environment.put("FLASHSALE_GATE_BCRYPT_COST", "4");
        environment.put("FLASHSALE_LOG_LEVEL", "WARN");
        environment.put("ADMIN_EMAIL", "admin@example.com");
        environment.put("ADMIN_PASSWORD", Client.PASSWORD);
        environment.put("FLASHSALE_SERVER_MAX_CONNECTIONS_PER_ADDRESS", String.valueOf(CLIENTS + 1_000));
        environment.put("FLASHSALE_LIVE_MAX_CLIENTS", String.valueOf(CLIENTS + 1_000));
        // Still counted, but never exceeded: all clients share one address here.
        environment.put("FLASHSALE_LIMITS_READ_IP", "999999/60s");
        environment.put("FLASHSALE_LIMITS_PURCHASE_IP", "unlimited");
        environment.put("FLASHSALE_LIMITS_PURCHASE_USER", "unlimited");
        return environment;
    }

    private static void play(Vertx vertx, RedisServer redis, Process node, int port, int managementPort) {
        Client admin = new Client(port, managementPort);
        admin.signIn("admin@example.com", Client.PASSWORD);
        Client buyer = Client.signedIn(port, managementPort);
        List<Run> runs = new ArrayList<>();
        System.out.printf(Locale.ROOT, "%d clients, %d runs%n", CLIENTS, RUNS);
        for (int run = 0; run <= RUNS; run++) {
            String product = TestNode.product(admin, STOCK, 0);
            long heap = heapAfterCollection(node);
            long resident = residentBytes(node);
            try (Streams streams = new Streams(vertx, port, product, CLIENTS)) {
                Run played = sellOut(streams, redis, buyer, product);
                if (run == 0) {
                    // The first run warms up, and allocates the memory.
                    System.out.printf(
                            Locale.ROOT,
                            "memory for each client: %.1f KiB of heap, %.1f KiB resident%n",
                            (heapAfterCollection(node) - heap) / 1024.0 / CLIENTS,
                            (residentBytes(node) - resident) / 1024.0 / CLIENTS);
                } else {
                    runs.add(played);
                    print(run, played);
                }
                assertEquals(CLIENTS, streams.soldOutEvents(), "each subscriber receives the sell-out once");
            }
            awaitNoClients(managementPort);
        }
        report(runs);
    }

    private static Run sellOut(Streams streams, RedisServer redis, Client buyer, String product) {
        long commands = commands(redis);
        long begin = System.nanoTime();
        streams.open(OPENED_AT_ONCE);
        long opened = System.nanoTime() - begin;
        long used = commands(redis) - commands;
        // All but the last at once, so that the sell-out comes among other events.
        IntStream.range(1, STOCK)
                .mapToObj(i -> buyer.buyLater(product, "key-" + i))
                .toList()
                .forEach(CompletableFuture::join);
        CompletableFuture<Long> published = publication(redis, product);
        long asked = System.nanoTime();
        int status = buyer.buy(product, "last").status();
        long answered = System.nanoTime();
        assertTrue(status == 201 || status == 202, "the last purchase was answered " + status);
        streams.awaitSoldOut();
        return new Run(
                opened,
                streams.snapshots(),
                used,
                answered - asked,
                streams.soldOut(asked),
                streams.soldOut(published.join()));
    }

    /** Returns when Redis published the sell-out, as received by a subscriber that does nothing else. */
    private static CompletableFuture<Long> publication(RedisServer redis, String product) {
        CompletableFuture<Long> received = new CompletableFuture<>();
        try {
            RawRedis raw = new RawRedis(redis.port());
            raw.send("SUBSCRIBE", Keys.STOCK_CHANNEL);
            Thread thread = new Thread(() -> awaitPublication(raw, product, received), "publication");
            thread.setDaemon(true);
            thread.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return received;
    }

    private static void awaitPublication(RawRedis raw, String product, CompletableFuture<Long> received) {
        try (raw) {
            String message = "";
            while (!message.contains("product:soldout") || !message.contains(product)) {
                message = String.valueOf(raw.read());
            }
            received.complete(System.nanoTime());
        } catch (IOException e) {
            received.completeExceptionally(e);
        }
    }

    private static void print(int run, Run played) {
        System.out.printf(
                Locale.ROOT,
                "run %d: all open after %.0f ms, snapshots after p50 %.0f p99 %.0f ms, %d Redis commands%n"
                        + "  sell-out received after its publication: p50 %.0f p99 %.0f max %.0f ms; after the last purchase was"
                        + " sent: p50 %.0f p99 %.0f max %.0f ms; its response took %.0f ms%n",
                run,
                played.openedIn() / 1e6,
                played.snapshots().at(0.5),
                played.snapshots().at(0.99),
                played.commands(),
                played.sincePublished().at(0.5),
                played.sincePublished().at(0.99),
                played.sincePublished().at(1),
                played.sinceAsked().at(0.5),
                played.sinceAsked().at(0.99),
                played.sinceAsked().at(1),
                played.answeredIn() / 1e6);
    }

    private static void report(List<Run> runs) {
        System.out.printf(
                Locale.ROOT,
                "medians of %d runs: %d clients open after %.0f ms; sell-out received after its publication: p50 %.0f"
                        + " p99 %.0f max %.0f ms; after the last purchase was sent: p50 %.0f p99 %.0f max %.0f ms%n",
                runs.size(),
                CLIENTS,
                median(runs, run -> run.openedIn() / 1e6),
                median(runs, run -> run.sincePublished().at(0.5)),
                median(runs, run -> run.sincePublished().at(0.99)),
                median(runs, run -> run.sincePublished().at(1)),
                median(runs, run -> run.sinceAsked().at(0.5)),
                median(runs, run -> run.sinceAsked().at(0.99)),
                median(runs, run -> run.sinceAsked().at(1)));
    }

    private static double median(List<Run> runs, ToDoubleFunction<Run> value) {
        double[] sorted = runs.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Returns how many commands Redis has executed since its start; a script counts as one. */
    private static long commands(RedisServer redis) {
        String stats = String.valueOf(redis.send("INFO", "commandstats"));
        return stats.lines()
                .filter(line -> line.matches("cmdstat_(evalsha|get|hmget|set):.*"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^:]*:calls=(\\d+),.*", "$1")))
                .sum();
    }

    private static void awaitNoClients(int managementPort) {
        Polling.await(
                "no clients",
                Duration.ofSeconds(30),
                Duration.ofMillis(50),
                () -> new Client(managementPort, 0).get("/metrics").body().contains("flashsale_live_clients 0.0"));
    }

    private static long heapAfterCollection(Process node) {
        jcmd(node, "GC.run");
        return jcmd(node, "GC.heap_info")
                .lines()
                .filter(line -> line.contains(" used "))
                .limit(1)
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll(".* used (\\d+)K.*", "$1")))
                .sum();
    }

    private static String jcmd(Process node, String command) {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            String.valueOf(node.pid()),
                            command)
                    .redirectErrorStream(true)
                    .start();
            return new String(jcmd.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the resident memory on Linux, elsewhere 0. */
    private static long residentBytes(Process node) {
        Path status = Path.of("/proc", String.valueOf(node.pid()), "status");
        try {
            return Files.exists(status)
                    ? Files.readAllLines(status).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                            .sum()
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
