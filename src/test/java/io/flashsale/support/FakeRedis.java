package io.flashsale.support;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** Speaks the Redis protocol, and returns the {@code INFO} that a test sets. */
public final class FakeRedis implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private volatile String info;

    /** Starts a server with these lines of {@code INFO}. */
    public FakeRedis(String... info) {
        setInfo(info);
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    /** Sets the lines of {@code INFO}. */
    public void setInfo(String... lines) {
        info = String.join("\r\n", lines) + "\r\n";
    }

    /** Closes every connection, as a restart does. */
    public void dropClients() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        clients.clear();
    }

    /** Returns its URI. */
    public String uri() {
        return "redis://127.0.0.1:" + listener.getLocalPort();
    }

    private static void daemon(Runnable step) {
        Thread thread = new Thread(step, "fake-redis");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                clients.add(client);
                daemon(() -> serve(client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            for (String command = command(in); command != null; command = command(in)) {
                client.getOutputStream().write(answer(command).getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException ended) {
            // The connection was closed by the client or the test.
        }
    }

    private String answer(String command) {
        return switch (command) {
            case "INFO" -> "$" + info.length() + "\r\n" + info + "\r\n";
            case "PING" -> "+PONG\r\n";
            case "AUTH", "SELECT", "CLIENT" -> "+OK\r\n";
            default -> "-ERR unknown command '" + command + "'\r\n";
        };
    }

    /** Reads the name of the next command; its arguments are ignored. */
    private static String command(InputStream in) throws IOException {
        String count = line(in);
        if (count == null) {
            return null;
        }
        String name = null;
        for (int i = 0; i < Integer.parseInt(count.substring(1)); i++) {
            byte[] word = in.readNBytes(Integer.parseInt(line(in).substring(1)));
            line(in);
            name = name == null ? new String(word, StandardCharsets.UTF_8).toUpperCase(Locale.ROOT) : name;
        }
        return name;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        dropClients();
    }
}
