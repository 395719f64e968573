package io.flashsale.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** A network that can be cut, go silent, be slow, or lose replies only; and that tells when certain bytes pass. */
public final class TcpProxy implements AutoCloseable {
    /** What the network does. */
    public enum Mode {
        PASS,
        /** No connection comes to stand, none stays. */
        CUT,
        /** Nothing arrives; it does, late, once the hole is closed: networks retransmit. */
        BLACK_HOLE,
        /** Requests arrive, replies do not. */
        DROP_REPLIES
    }

    /**
     * What is done once, before certain bytes are handed on.
     *
     * @param towardsServer in which direction they pass
     * @param text to wait for
     * @param replyTo whether to wait on, for what comes back on the same connection
     * @param action what is done
     * @param losesBytes whether they are not handed on after it, and the connection ends: somebody was killed before
     */
    public record Trigger(boolean towardsServer, String text, boolean replyTo, Runnable action, boolean losesBytes) {
        /** One that changes nothing about the bytes. */
        public Trigger(boolean towardsServer, String text, boolean replyTo, Runnable action) {
            this(towardsServer, text, replyTo, action, false);
        }

        byte[] bytes() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private final ServerSocket listener;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Trigger> trigger = new AtomicReference<>();
    private volatile int target;
    private volatile Mode mode = Mode.PASS;
    private volatile long delayMillis;

    /** A network in front of a server. */
    public TcpProxy(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    /** Where clients connect. */
    public int port() {
        return listener.getLocalPort();
    }

    /** From now on to another server; connections that stand are cut. */
    void retarget(int port) {
        target = port;
        cutAll();
    }

    /** From now on it does that. */
    public void set(Mode next) {
        Mode before = mode;
        mode = next;
        if (next == Mode.CUT || before == Mode.DROP_REPLIES) {
            // Of a stream that lacks bytes nothing can be made any more.
            cutAll();
        }
    }

    void delay(long millis) {
        delayMillis = millis;
    }

    /** Waits for certain bytes; one trigger at a time. */
    public void on(Trigger next) {
        trigger.set(next);
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
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Connection connection = new Connection(client, server);
            connections.add(connection);
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
        private volatile boolean asked;
        private volatile boolean over;

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
                    tail = watch(tail, buffer, count, towardsServer);
                    if (over) {
                        // What the trigger waited for must not arrive after all.
                        break;
                    }
                    if (delayMillis > 0) {
                        Thread.sleep(delayMillis);
                    }
                    while (mode == Mode.BLACK_HOLE) {
                        Thread.sleep(5);
                    }
                    if (towardsServer || mode != Mode.DROP_REPLIES) {
                        out.write(buffer, 0, count);
                        out.flush();
                    }
                }
            } catch (IOException e) {
                // One side went away; so does the other.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            close();
        }

        /** Looks for the trigger's bytes, also where they were cut in two. */
        private byte[] watch(byte[] tail, byte[] buffer, int count, boolean towardsServer) {
            Trigger wanted = trigger.get();
            if (wanted == null) {
                return new byte[0];
            }
            if (asked && !towardsServer && wanted.replyTo()) {
                fire(wanted);
                return new byte[0];
            }
            byte[] seen = new byte[tail.length + count];
            System.arraycopy(tail, 0, seen, 0, tail.length);
            System.arraycopy(buffer, 0, seen, tail.length, count);
            if (towardsServer == wanted.towardsServer() && contains(seen, wanted.bytes())) {
                if (wanted.replyTo()) {
                    asked = true;
                } else {
                    fire(wanted);
                }
            }
            int kept = Math.min(seen.length, wanted.bytes().length - 1);
            byte[] rest = new byte[kept];
            System.arraycopy(seen, seen.length - kept, rest, 0, kept);
            return rest;
        }

        private void fire(Trigger wanted) {
            if (trigger.compareAndSet(wanted, null)) {
                over = wanted.losesBytes();
                wanted.action().run();
            }
        }
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
