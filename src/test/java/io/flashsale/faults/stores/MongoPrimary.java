package io.flashsale.faults.stores;

import com.mongodb.ConnectionString;
import com.mongodb.ServerAddress;
import io.flashsale.server.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Locates the primary of a MongoDB that the tests did not start, and builds its URI through a {@link
 * io.flashsale.faults.network.TcpProxy}.
 *
 * <p>A driver that discovers a replica set connects to the addresses which the members announce, and so bypasses every
 * proxy. Through a proxy it therefore connects to one member directly.
 *
 * @param uri of the deployment as configured
 * @param address of its primary
 */
public record MongoPrimary(String uri, InetSocketAddress address) {
    /**
     * Finds the primary of a deployment. A server without replica sets is its own primary.
     *
     * @return empty if no proxy can be used: TLS certificates name the real host, and {@code mongodb+srv} names none
     */
    public static Optional<MongoPrimary> find(Vertx vertx, String uri) {
        ConnectionString parsed = new ConnectionString(uri);
        if (parsed.isSrvProtocol() || Boolean.TRUE.equals(parsed.getSslEnabled())) {
            return Optional.empty();
        }
        String announced =
                announced(vertx, uri).orElseGet(() -> parsed.getHosts().get(0));
        return Optional.of(new MongoPrimary(uri, address(announced)));
    }

    private static Optional<String> announced(Vertx vertx, String uri) {
        MongoClient client = MongoClient.create(
                vertx, new JsonObject().put("connection_string", uri).put("db_name", "admin"));
        try {
            return Optional.ofNullable(TestNode.await(client.runCommand("hello", new JsonObject().put("hello", 1))
                    .map(hello -> hello.getString("primary"))
                    .otherwise((String) null)));
        } finally {
            TestNode.await(client.close());
        }
    }

    private static InetSocketAddress address(String hostAndPort) {
        ServerAddress server = new ServerAddress(hostAndPort);
        return new InetSocketAddress(server.getHost(), server.getPort());
    }

    /** Returns the address of a server on this port of this machine. */
    public static MongoPrimary onThisMachine(int port) {
        return new MongoPrimary(
                "mongodb://127.0.0.1:" + port, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Returns the URI with the same credentials, database and options, but with this local port as its only host. */
    public String through(int port) {
        int begin = uri.indexOf("://") + 3;
        int question = uri.indexOf('?');
        String base = question < 0 ? uri : uri.substring(0, question);
        int path = base.indexOf('/', begin);
        int end = path < 0 ? base.length() : path;
        int hosts = base.lastIndexOf('@', end) < begin ? begin : base.lastIndexOf('@', end) + 1;
        String options = question < 0
                ? ""
                : Stream.of(uri.substring(question + 1).split("&", -1))
                        .filter(option -> !option.isEmpty() && !isOfDiscovery(option))
                        .map(option -> option + "&")
                        .collect(Collectors.joining());
        String database = path < 0 ? "/" : base.substring(path);
        return base.substring(0, hosts) + "127.0.0.1:" + port + database + "?" + options + "directConnection=true";
    }

    private static boolean isOfDiscovery(String option) {
        String name = option.split("=", 2)[0];
        return name.equalsIgnoreCase("replicaSet") || name.equalsIgnoreCase("directConnection");
    }
}
