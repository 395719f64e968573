package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AccessLogIT {
    private final Logger logger = (Logger) LoggerFactory.getLogger("access");
    private final BlockingQueue<ILoggingEvent> lines = new LinkedBlockingQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event);
        }
    };
    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer.Setup().start();
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(appender);
        logger.setLevel(null);
        server.close();
    }

    private Map<String, String> nextLine() throws InterruptedException {
        ILoggingEvent line = lines.poll(10, TimeUnit.SECONDS);
        return line.getKeyValuePairs().stream()
                .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
    }

    @Test
    void logsUserAndRequestWithoutSecrets() throws IOException, InterruptedException {
        // given
        String body = "{\"password\":\"hunter2\",\"email\":\"ada@example.com\"}";

        // when
        server.once("POST /echo?token=secret HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\nCookie: sessionId=biscuit\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);

        // then
        Map<String, String> line = nextLine();
        assertEquals("POST", line.get("method"));
        assertEquals("/echo", line.get("path"));
        assertEquals("200", line.get("status"));
        assertEquals("11", line.get("bytes"));
        assertEquals("mine", line.get("requestId"));
        assertEquals("u1", line.get("userId"));
        assertTrue(Long.parseLong(line.get("millis")) >= 0);
        for (String secret : new String[] {"hunter2", "ada@", "secret", "biscuit"}) {
            assertFalse(line.toString().contains(secret), line.toString());
        }
        assertTrue(lines.isEmpty());
    }

    @Test
    void logsRequestsThatNeverReachedARoute() throws IOException, InterruptedException {
        // when
        server.toTheEnd("GET /%zz HTTP/1.1\r\nHost: x\r\nX-Request-Id: broken\r\n\r\n");
        server.toTheEnd("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(9_000) + "\r\n\r\n");

        // then
        Map<String, String> first = nextLine();
        assertEquals("400", first.get("status"));
        assertEquals("broken", first.get("requestId"));
        assertEquals("431", nextLine().get("status"));
    }

    @Test
    void truncatesALongPath() throws IOException, InterruptedException {
        // when
        server.once("GET /" + "a".repeat(5_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");

        // then
        assertEquals(200, nextLine().get("path").length());
    }
}
