package io.flashsale.faults.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.faults.network.TcpProxy.Mode;
import io.flashsale.faults.network.Trigger.Mark;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Verifies that the proxy forwards exactly the bytes that it should. */
class TcpProxyTest {
    /** How long to wait for something that must not arrive. */
    private static final int NEVER_MILLIS = 200;

    private final ServerSocket listener = listen();
    private final TcpProxy proxy = new TcpProxy(listener.getLocalPort());
    private final List<Socket> sockets = new ArrayList<>();
    private Socket client;
    private Socket server;

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        proxy.close();
        listener.close();
    }

    private void connect() throws IOException {
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        sockets.add(client);
        server = listener.accept();
        sockets.add(server);
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(Socket socket, int count) throws IOException {
        socket.setSoTimeout(10_000);
        return new String(socket.getInputStream().readNBytes(count), StandardCharsets.US_ASCII);
    }

    /** Reads until the connection ends. */
    private static String readAll(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        StringBuilder all = new StringBuilder();
        InputStream in = socket.getInputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                all.append((char) next);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection is still open", e);
        } catch (IOException e) {
            // A reset ends the connection, too.
        }
        return all.toString();
    }

    private static boolean isSilent(Socket socket) throws IOException {
        socket.setSoTimeout(NEVER_MILLIS);
        try {
            socket.getInputStream().read();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    @Test
    void passesBothWays() throws IOException {
        connect();
        send(client, "ask");
        assertEquals("ask", read(server, 3));
        send(server, "answer");
        assertEquals("answer", read(client, 6));
    }

    @Test
    void cutClosesConnectionsAndRefusesNewOnes() throws IOException {
        connect();
        proxy.set(Mode.CUT);
        assertEquals("", readAll(client));
        assertEquals("", readAll(server));
        try (Socket late = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            assertEquals("", readAll(late));
        }
    }

    @Test
    void aBlackHoleDeliversOnlyWhenItEnds() throws IOException {
        connect();
        proxy.set(Mode.BLACK_HOLE);
        send(client, "ask");
        send(server, "tell");
        assertTrue(isSilent(server));
        assertTrue(isSilent(client));
        proxy.set(Mode.PASS);
        assertEquals("ask", read(server, 3));
        assertEquals("tell", read(client, 4));
    }

    @Test
    void droppedRepliesNeverArrive() throws IOException {
        connect();
        proxy.set(Mode.DROP_REPLIES);
        send(client, "ask");
        assertEquals("ask", read(server, 3));
        send(server, "answer");
        assertTrue(isSilent(client));
        proxy.set(Mode.PASS);
        assertEquals("", readAll(client));
    }

    @Test
    void delayedBytesArrive() throws IOException {
        connect();
        proxy.delay(NEVER_MILLIS * 3);
        send(client, "ask");
        assertTrue(isSilent(server));
        assertEquals("ask", read(server, 3));
    }

    @Test
    void aNewTargetCutsOldConnections() throws IOException {
        connect();
        try (ServerSocket other = listen()) {
            proxy.retarget(other.getLocalPort());
            assertEquals("", readAll(client));
            try (Socket next = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
                    Socket reached = other.accept()) {
                send(next, "ask");
                assertEquals("ask", read(reached, 3));
            }
        }
    }

    @Test
    void undeliveredBytesNeverArrive() throws IOException {
        connect();
        Trigger trigger = new Trigger(new Mark(true, "DIE", false), bytes -> {});
        proxy.on(trigger);
        send(client, "live.");
        assertEquals("live.", read(server, 5));
        send(client, "and DIE now");
        assertTrue(trigger.awaitDone(10_000));
        assertEquals("", readAll(server));
        assertFalse(proxy.off(trigger));
    }

    @Test
    void theEndOfASplitMarkNeverArrives() throws IOException {
        connect();
        Trigger trigger = new Trigger(new Mark(true, "DIE", false), bytes -> {});
        proxy.on(trigger);
        send(client, "D");
        assertEquals("D", read(server, 1));
        send(client, "I");
        assertEquals("I", read(server, 1));
        send(client, "E");
        assertEquals("", readAll(server));
        assertTrue(trigger.awaitFired(0));
    }

    @Test
    void anUndeliveredReplyNeverArrives() throws IOException {
        connect();
        Trigger trigger = new Trigger(new Mark(true, "ASK", true), bytes -> {});
        proxy.on(trigger);
        send(server, "early");
        assertEquals("early", read(client, 5));
        send(client, "ASK");
        assertEquals("ASK", read(server, 3));
        send(server, "answer");
        assertEquals("", readAll(client));
        assertTrue(trigger.awaitFired(0));
    }

    @Test
    void aRequestOfAnEarlierTriggerDoesNotFireALaterOne() throws IOException {
        connect();
        proxy.on(new Trigger(new Mark(true, "ASK", true), bytes -> {}));
        send(client, "ASK");
        assertEquals("ASK", read(server, 3));
        Trigger later = new Trigger(new Mark(true, "ASK", true), bytes -> {});
        proxy.on(later);
        send(server, "answer");
        assertEquals("answer", read(client, 6));
        assertTrue(proxy.off(later));
    }

    @Test
    void heldBytesArriveOnlyWhenDelivered() throws IOException {
        connect();
        CountDownLatch halt = new CountDownLatch(1);
        Trigger trigger = new Trigger(new Mark(true, "HALT", false), bytes -> {
            await(halt);
            Trigger.deliver(bytes);
        });
        proxy.on(trigger);
        send(client, "HALT");
        assertTrue(trigger.awaitFired(10_000));
        send(client, " and more");
        assertTrue(isSilent(server));
        halt.countDown();
        assertEquals("HALT and more", read(server, 13));
    }

    @Test
    void heldBytesOfAClosedConnectionAreLost() throws IOException {
        connect();
        CountDownLatch halt = new CountDownLatch(1);
        Trigger trigger = new Trigger(new Mark(true, "HALT", false), bytes -> {
            await(halt);
            Trigger.deliver(bytes);
        });
        proxy.on(trigger);
        send(client, "HALT");
        assertTrue(trigger.awaitFired(10_000));
        proxy.set(Mode.CUT);
        halt.countDown();
        assertTrue(trigger.awaitDone(10_000));
        assertEquals("", readAll(server));
    }

    @Test
    void aTriggerThatNeverFiredReportsIt() throws IOException {
        connect();
        Trigger trigger = new Trigger(new Mark(true, "DIE", false), bytes -> {});
        proxy.on(trigger);
        send(client, "live");
        assertEquals("live", read(server, 4));
        assertTrue(proxy.off(trigger));
        assertFalse(trigger.awaitFired(0));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
