package io.flashsale.catalog;

import io.flashsale.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The network between a node and its Redis, which can be cut and mended; the server notices nothing. */
final class Wire implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final NetClient client = vertx.createNetClient();
    private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();
    private final NetServer server;
    private final URI target;
    private volatile boolean cut;

    Wire(String redisUri) {
        target = URI.create(redisUri);
        server = vertx.createNetServer().connectHandler(this::connect);
        TestNode.await(server.listen(0, "127.0.0.1"));
    }

    /** Redis at the other end of the wire. */
    String uri() {
        String user = target.getRawUserInfo() == null ? "" : target.getRawUserInfo() + "@";
        return target.getScheme() + "://" + user + "127.0.0.1:" + server.actualPort();
    }

    private void connect(NetSocket near) {
        if (cut) {
            near.close();
            return;
        }
        near.pause();
        client.connect(target.getPort() < 0 ? 6379 : target.getPort(), target.getHost())
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

    void mend() {
        cut = false;
    }

    @Override
    public void close() {
        TestNode.await(vertx.close());
    }
}
