package io.flashsale.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends single commands to a Redis on the loopback interface, blocking and with a short timeout. */
final class RedisProbe {
    private static final int TIMEOUT_MILLIS = 1_000;

    private final int port;
    private final String password;

    RedisProbe(int port, String password) {
        this.port = port;
        this.password = password;
    }

    /** Returns whether a Redis with our password answers and has loaded its data. */
    boolean answers() {
        try {
            return send("PING").startsWith("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the process id that the server reports. */
    long pid() throws IOException {
        try (Socket socket = open();
                BufferedReader reader = authenticated(socket)) {
            write(socket, "INFO server");
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("process_id:")) {
                    return Long.parseLong(line.substring("process_id:".length()).trim());
                }
            }
        }
        throw new IOException("no process_id");
    }

    /** Asks the server to write its data and to end. */
    void shutDown() throws IOException {
        send("SHUTDOWN");
    }

    private String send(String command) throws IOException {
        try (Socket socket = open();
                BufferedReader reader = authenticated(socket)) {
            write(socket, command);
            String answer = reader.readLine();
            return answer == null ? "" : answer;
        }
    }

    private Socket open() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
        return socket;
    }

    private BufferedReader authenticated(Socket socket) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        write(socket, "AUTH " + password);
        String answer = reader.readLine();
        if (answer == null || !answer.startsWith("+OK")) {
            throw new IOException("another Redis has this port");
        }
        return reader;
    }

    private static void write(Socket socket, String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}
