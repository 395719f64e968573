package io.flashsale.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** Sends bytes as they are, which no well-behaved client would. */
public final class RawHttp {
    private static final int PATIENCE_MILLIS = 5_000;

    private RawHttp() {}

    /** Sends, and reads until the server closes or is silent; each char is one byte. */
    public static String exchange(int port, String bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return read(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same for one request that may never be answered: what is sent ends there. */
    public static String exchangeOnce(int port, String bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return read(socket.getInputStream());
        } catch (IOException e) {
            // Closed on us while we were still sending: that is an answer, too.
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
            // What came is the answer.
        } catch (IOException reset) {
            // A server that closes with unread input resets the connection; what came before is the answer.
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

    /** The status of the first answer, or 0 where there was none. */
    public static int status(String answer) {
        return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }
}
