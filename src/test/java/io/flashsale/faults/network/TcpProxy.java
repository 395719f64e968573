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

/**
 * Simulates a network that can be cut, go silent, be slow or lose replies, and that fires a {@link Trigger} when
 * certain bytes pass.
 */
public final class TcpProxy implements AutoCloseable {
    /** How the network treats traffic. */
    public enum Mode {
        /** Forwards all traffic. */
        PASS,
        /** Closes all connections and refuses new ones. */
        CUT,
        /** Holds all traffic, and delivers it when the mode ends, as retransmission would. */
        BLACK_HOLE,
        /** Forwards requests and drops replies. */
        DROP_REPLIES
    }

    private final ServerSocket listener;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Trigger> trigger = new AtomicReference<>();
    private volatile InetSocketAddress target;
    private volatile Mode mode = Mode.PASS;
    private volatile long delayMillis;

    /** Creates a proxy to that port of this machine. */
    public TcpProxy(int target) {
        this(onThisMachine(target));
    }

    /** Creates a proxy to that server. */
    public TcpProxy(InetSocketAddress target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    /** Returns the port on which it listens. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Changes the target, and cuts all connections. */
    public void retarget(int port) {
        retarget(onThisMachine(port));
    }

    /** Changes the target to a server on any host. */
    public void retarget(InetSocketAddress server) {
        target = server;
        cutAll();
    }

    private static InetSocketAddress onThisMachine(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Sets the mode. */
    public void set(Mode next) {
        Mode before = mode;
        mode = next;
        if (next == Mode.CUT || before == Mode.DROP_REPLIES) {
            // A stream with missing bytes is unusable.
            cutAll();
        }
    }

    /** Delays all traffic by that long, each way. */
    public void delay(long millis) {
        delayMillis = millis;
    }

    /** Sets the trigger, and replaces any other. */
    public void on(Trigger next) {
        trigger.set(next);
    }

    /** Removes the trigger; returns whether it had not fired. */
    public boolean off(Trigger waiting) {
        return trigger.compareAndSet(waiting, null);
    }

    /** Removes all faults and the trigger. */
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
                // The listener was closed, or the client disconnected at once.
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
                // The connections were cut before this one was registered.
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
            // The socket is closed already.
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
        /** The trigger whose bytes were sent to the server, so that the next reply belongs to it. */
        private volatile Trigger requested;

        private volatile boolean truncated;

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
                // One side closed the connection; close the other, too.
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
                truncated = true;
            }
            if (towardsServer || !truncated) {
                out.write(buffer, 0, count);
                out.flush();
            }
        }

        /**
         * Fires the trigger; returns whether its bytes were delivered. If not, nothing passes on this connection any
         * more.
         */
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

        /** Whether these bytes match the trigger, also if they were split. */
        private boolean isDue(Trigger waiting, byte[] seen, boolean towardsServer) {
            Trigger.Mark mark = waiting.mark();
            if (mark.replyTo() && !towardsServer) {
                return requested == waiting;
            }
            if (mark.towardsServer() != towardsServer || !contains(seen, mark.bytes())) {
                return false;
            }
            if (mark.replyTo()) {
                requested = waiting;
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
