package io.flashsale.ratelimit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.net.AddressRange;
import io.flashsale.net.IpAddresses;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    @Test
    void readsLimits() {
        assertEquals(Optional.of(new RateLimit(10, Duration.ofSeconds(60))), RateLimit.parse("10/60s"));
        assertEquals(Optional.of(new RateLimit(3, Duration.ofMinutes(5))), RateLimit.parse("3/5m"));
        assertEquals(Optional.empty(), RateLimit.parse("unlimited"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "10/60", "0/60s", "10/0s", "-1/60s", "10/25h", "10 /60s", "ten/60s"})
    void rejectsInvalidLimits(String text) {
        assertThrows(IllegalArgumentException.class, () -> RateLimit.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7:8080, 192.0.2.7",
        "::ffff:192.0.2.7, 192.0.2.7",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "'[2001:db8:1:2::9]:443', 2001:db8:1:2::/64"
    })
    void countsByAddressOrNetwork(String text, String counted) {
        String actual = IpAddresses.rateLimitKey(IpAddresses.parse(text).orElseThrow());
        if (counted.endsWith("/64")) {
            // The same network may be abbreviated differently.
            assertTrue(actual.endsWith("/64"));
            assertArrayEquals(
                    IpAddresses.parse(counted.substring(0, counted.length() - 3))
                            .orElseThrow(),
                    IpAddresses.parse(actual.substring(0, actual.length() - 3)).orElseThrow());
        } else {
            assertEquals(counted, actual);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "_hidden", "example.com", "1.2.3", "1.2.3.4.5", "999.1.1.1"})
    void rejectsNamesWithoutADnsLookup(String text) {
        assertEquals(Optional.empty(), IpAddresses.parse(text));
    }

    @Test
    void rangesContainTheAddressesOfTheirPrefix() {
        AddressRange range = AddressRange.parse("10.1.0.0/15");
        assertTrue(range.contains(IpAddresses.parse("10.0.255.255").orElseThrow()));
        assertTrue(range.contains(IpAddresses.parse("10.1.255.255").orElseThrow()));
        assertFalse(range.contains(IpAddresses.parse("10.2.0.0").orElseThrow()));
        assertFalse(range.contains(IpAddresses.parse("::1").orElseThrow()));
        assertTrue(AddressRange.parse("::1").contains(IpAddresses.parse("::1").orElseThrow()));
    }

    @Test
    void aRejectionIsCachedUntilItExpires() {
        Instant[] now = {Instant.EPOCH};
        RejectionCache rejections = new RejectionCache(clock(now));
        rejections.remember("k", Duration.ofSeconds(10));
        now[0] = Instant.EPOCH.plusSeconds(9);
        assertEquals(Optional.of(Duration.ofSeconds(1)), rejections.rejectedFor("k"));
        now[0] = Instant.EPOCH.plusSeconds(10);
        assertEquals(Optional.empty(), rejections.rejectedFor("k"));
        rejections.remember("k", Duration.ofSeconds(10));
        now[0] = Instant.EPOCH.minusSeconds(3_600);
        assertEquals(Optional.empty(), rejections.rejectedFor("k"), "a clock that jumps back blocks nobody");
    }

    @Test
    void localCountsHaveTheSameLimit() {
        Instant[] now = {Instant.EPOCH};
        RejectionCache rejections = new RejectionCache(clock(now));
        RateLimit limit = new RateLimit(2, Duration.ofSeconds(60));
        assertTrue(rejections.countLocally("a", limit).admitted());
        assertTrue(rejections.countLocally("a", limit).admitted());
        assertFalse(rejections.countLocally("a", limit).admitted());
        now[0] = Instant.EPOCH.plusSeconds(60);
        assertTrue(rejections.countLocally("a", limit).admitted());
    }

    private static Clock clock(Instant[] now) {
        return new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now[0];
            }
        };
    }
}
