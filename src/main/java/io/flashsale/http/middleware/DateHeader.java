package io.flashsale.http.middleware;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * When an answer was made, as a server with a clock has to say (RFC 9110, section 6.6.1). A countdown in a browser goes
 * by it, whatever that machine's own clock shows. Belongs to one event loop.
 */
public final class DateHeader implements PlatformHandler {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Clock clock;
    private long second = Long.MIN_VALUE;
    private String text;

    public DateHeader(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void handle(RoutingContext ctx) {
        long now = Math.floorDiv(clock.millis(), 1_000L);
        if (now != second) {
            second = now;
            text = FORM.format(Instant.ofEpochSecond(now));
        }
        ctx.response().putHeader("Date", text);
        ctx.next();
    }
}
