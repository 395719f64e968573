package io.flashsale.catalog;

import io.flashsale.server.TestNode;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Forwards connections between a node and its Redis, and can be cut and restored without affecting the server. */
final class CuttableNetwork implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final NetClient client = vertx.createNetClient();
    private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();
    private final NetServer server;
    private final String host = URI.create(TestStores.shared().redisUri()).getHost();
    private volatile boolean cut;

    CuttableNetwork() {
        server = vertx.createNetServer().connectHandler(this::connect);
        TestNode.await(server.listen(0, "127.0.0.1"));
    }

    /** Returns the URI of Redis through this network. */
    String uri() {
        return TestStores.sharedWithRedisAt(server.actualPort()).redisUri();
    }

    private void connect(NetSocket near) {
        if (cut) {
            near.close();
            return;
        }
        near.pause();
        client.connect(TestStores.redisPort(), host)
                .onSuccess(far -> {
                    open.add(near);
                    near.pipeTo(far);
                    far.pipeTo(near);
                })
                .onFailure(failure -> near.close());
    }

    void cut() {
        cut = true;
        open.forEach(NetSocket::close);
        open.clear();
    }

    void restore() {
        cut = false;
    }

    @Override
    public void close() {
        TestNode.await(vertx.close());
    }
}
