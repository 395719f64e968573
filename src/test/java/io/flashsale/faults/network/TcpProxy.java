package io.flashsale.faults.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** A network that can be cut, go silent, be slow, or lose replies only; and that tells when certain bytes pass. */
public final class TcpProxy implements AutoCloseable {
    /** What the network does. */
    public enum Mode {
        /** Everything passes. */
        PASS,
        /** No connection comes to stand, none stays. */
        CUT,
        /** Nothing arrives; it does, late, once the hole is closed: networks retransmit. */
        BLACK_HOLE,
        /** Requests arrive, replies do not. */
        DROP_REPLIES
    }

    private final ServerSocket listener;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Trigger> trigger = new AtomicReference<>();
    private volatile InetSocketAddress target;
    private volatile Mode mode = Mode.PASS;
    private volatile long delayMillis;

    /** A network to that port of this machine. */
    public TcpProxy(int target) {
        this(onThisMachine(target));
    }

    /** A network to that server. */
    public TcpProxy(InetSocketAddress target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    /** Where it listens. */
    public int port() {
        return listener.getLocalPort();
    }

    /** From now on to another server; connections that stand are cut. */
    public void retarget(int port) {
        retarget(onThisMachine(port));
    }

    /** The same with a server that may be elsewhere. */
    public void retarget(InetSocketAddress server) {
        target = server;
        cutAll();
    }

    private static InetSocketAddress onThisMachine(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** From now on the network does that. */
    public void set(Mode next) {
        Mode before = mode;
        mode = next;
        if (next == Mode.CUT || before == Mode.DROP_REPLIES) {
            // Of a stream that lacks bytes nothing can be made any more.
            cutAll();
        }
    }

    /** From now on everything takes so much longer, each way. */
    public void delay(long millis) {
        delayMillis = millis;
    }

    /** From now on waits for the bytes of this trigger, and of no other. */
    public void on(Trigger next) {
        trigger.set(next);
    }

    /** Waits no longer; answers whether the bytes had not come. */
    public boolean off(Trigger waiting) {
        return trigger.compareAndSet(waiting, null);
    }

    /** A network without faults. */
    public void heal() {
        trigger.set(null);
        delayMillis = 0;
        set(Mode.PASS);
    }

    private void cutAll() {
        connections.forEach(Connection::close);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (mode == Mode.CUT) {
                    client.close();
                } else {
                    daemon(() -> open(client));
                }
            } catch (IOException e) {
                // Closed, or a client that went away at once.
            }
        }
    }

    private void open(Socket client) {
        try {
            InetSocketAddress reached = target;
            Socket server = new Socket(reached.getAddress(), reached.getPort());
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Connection connection = new Connection(client, server);
            connections.add(connection);
            if (mode == Mode.CUT || !reached.equals(target)) {
                // Whoever cut all connections meanwhile did not see this one.
                connection.close();
                return;
            }
            daemon(() -> connection.pump(client, server, true));
            daemon(() -> connection.pump(server, client, false));
        } catch (IOException e) {
            close(client);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, which is what was wanted.
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cutAll();
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;
        /** The trigger whose bytes went to the server, so that what comes back is the reply. */
        private volatile Trigger asked;

        private volatile boolean mutilated;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void close() {
            connections.remove(this);
            TcpProxy.close(client);
            TcpProxy.close(server);
        }

        void pump(Socket from, Socket to, boolean towardsServer) {
            byte[] buffer = new byte[16_384];
            byte[] tail = new byte[0];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    Trigger waiting = trigger.get();
                    byte[] seen = joined(tail, buffer, waiting == null ? 0 : count);
                    if (waiting != null
                            && isDue(waiting, seen, towardsServer)
                            && trigger.compareAndSet(waiting, null)) {
                        if (!fire(waiting, out, buffer, count, towardsServer)) {
                            break;
                        }
                        tail = new byte[0];
                    } else {
                        forward(out, buffer, count, towardsServer);
                        tail = waiting == null
                                ? new byte[0]
                                : end(seen, waiting.mark().bytes().length - 1);
                    }
                }
            } catch (IOException e) {
                // One side went away; so does the other.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            close();
        }

        private void forward(OutputStream out, byte[] buffer, int count, boolean towardsServer)
                throws IOException, InterruptedException {
            if (delayMillis > 0) {
                Thread.sleep(delayMillis);
            }
            while (mode == Mode.BLACK_HOLE) {
                Thread.sleep(5);
            }
            if (!towardsServer && mode == Mode.DROP_REPLIES) {
                mutilated = true;
            }
            if (towardsServer || !mutilated) {
                out.write(buffer, 0, count);
                out.flush();
            }
        }

        /** Whether the bytes were delivered; nothing passes here any more where they were not. */
        private boolean fire(Trigger due, OutputStream out, byte[] buffer, int count, boolean towardsServer) {
            AtomicBoolean delivered = new AtomicBoolean();
            due.fire(() -> {
                try {
                    forward(out, buffer, count, towardsServer);
                    delivered.set(true);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            return delivered.get();
        }

        /** Whether these bytes are the ones waited for, also where they were cut in two. */
        private boolean isDue(Trigger waiting, byte[] seen, boolean towardsServer) {
            Trigger.Mark mark = waiting.mark();
            if (mark.replyTo() && !towardsServer) {
                return asked == waiting;
            }
            if (mark.towardsServer() != towardsServer || !contains(seen, mark.bytes())) {
                return false;
            }
            if (mark.replyTo()) {
                asked = waiting;
            }
            return !mark.replyTo();
        }
    }

    private static byte[] joined(byte[] tail, byte[] buffer, int count) {
        byte[] both = Arrays.copyOf(tail, tail.length + count);
        System.arraycopy(buffer, 0, both, tail.length, count);
        return both;
    }

    private static byte[] end(byte[] bytes, int count) {
        return Arrays.copyOfRange(bytes, Math.max(0, bytes.length - count), bytes.length);
    }

    private static boolean contains(byte[] text, byte[] wanted) {
        for (int i = 0; i <= text.length - wanted.length; i++) {
            int j = 0;
            while (j < wanted.length && text[i + j] == wanted[j]) {
                j++;
            }
            if (j == wanted.length) {
                return true;
            }
        }
        return false;
    }
}
