package io.flashsale.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** Sends raw bytes, which no well-behaved client would send. */
public final class RawHttp {
    private static final int TIMEOUT_MILLIS = 5_000;

    private RawHttp() {}

    /**
     * Sends bytes, and reads until the response is complete, the server closes or the time-out passes; each char is one
     * byte.
     */
    public static String exchange(int port, String bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return read(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends one request that may get no response, and shuts down the output after it. */
    public static String exchangeOnce(int port, String bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return read(socket.getInputStream());
        } catch (IOException e) {
            // The server closed the connection during the request, which is a valid reaction.
            return "";
        }
    }

    private static String read(InputStream in) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            byte[] buffer = new byte[8_192];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                answer.write(buffer, 0, count);
                if (isWhole(answer.toString(StandardCharsets.ISO_8859_1))) {
                    break;
                }
            }
        } catch (SocketTimeoutException silent) {
            // The response is what has arrived so far.
        } catch (IOException reset) {
            // A server that closes with unread input resets the connection; the response is what arrived before.
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    private static boolean isWhole(String answer) {
        int end = answer.indexOf("\r\n\r\n");
        int length = answer.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ");
        if (end < 0 || length < 0 || length > end) {
            return false;
        }
        String digits = answer.substring(length + "content-length: ".length()).split("\r\n", 2)[0];
        return answer.length() >= end + 4 + Integer.parseInt(digits.trim());
    }

    /** Returns the status of the first response, or 0 without one. */
    public static int status(String answer) {
        return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }
}
