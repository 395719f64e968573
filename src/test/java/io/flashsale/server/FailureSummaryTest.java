package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FailureSummaryTest {
    private static String summary(String message) {
        return FailureSummary.of(new IllegalStateException(message));
    }

    @Test
    void findsTheCauseInWhatMongoDbsDriverSays() {
        String begin =
                "MongoTimeoutException: Timed out while waiting for a server that matches WritableServerSelector."
                        + " Client view of cluster state is {type=UNKNOWN, ";
        assertEquals(
                "Connection refused: /127.0.0.1:1",
                summary(begin + "servers=[{address=127.0.0.1:1, type=UNKNOWN, state=CONNECTING,"
                        + " exception={com.mongodb.MongoSocketOpenException: Exception opening socket}, caused by"
                        + " {io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused:"
                        + " /127.0.0.1:1}, caused by {java.net.ConnectException: Connection refused}}]"));
        assertEquals(
                "Failed looking up SRV record for '_mongodb._tcp.a.b'.",
                summary(begin + "srvResolutionException=com.mongodb.MongoConfigurationException: Failed looking up SRV"
                        + " record for '_mongodb._tcp.a.b'., servers=[]"));
    }

    @Test
    void isOneShortLine() {
        assertEquals("no answer within 5000 ms", summary("NoStackTraceTimeoutException: Timeout 5000 (ms) fired"));
        assertEquals("a b", summary("a\n  b"));
        assertEquals("IllegalStateException", summary(null));
        assertTrue(summary("x".repeat(1_000)).length() < 210);
    }
}
