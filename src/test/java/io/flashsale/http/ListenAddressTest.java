package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.http.middleware.BrowserOrigins;
import io.flashsale.net.ListenAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "::1", "127.0.0.1", "localhost", "shop.example.com", "my_service", "a-1"})
    void acceptsAddressesAndNames(String host) {
        assertTrue(ListenAddress.isHost(host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "not a host", "10.0.0.256", "3000", "host:3000", "http://host", "a..b", "-a", "a/b", "ä"
            })
    void rejectsOtherHosts(String host) {
        assertFalse(ListenAddress.isHost(host));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 3000, 127.0.0.1, 3000, true",
        "0.0.0.0, 3000, 127.0.0.1, 3000, true",
        "127.0.0.1, 3000, ::, 3000, true",
        "localhost, 3000, 127.0.0.1, 3000, true",
        "Shop.example, 3000, shop.EXAMPLE, 3000, true",
        "::1, 3000, 0:0:0:0:0:0:0:1, 3000, true",
        "10.0.0.1, 3000, 127.0.0.1, 3000, false",
        "0.0.0.0, 3000, 127.0.0.1, 3001, false",
        "0.0.0.0, 0, 0.0.0.0, 0, false"
    })
    void detectsOverlappingAddresses(String host, int port, String otherHost, int otherPort, boolean overlap) {
        ListenAddress one = new ListenAddress(host, port);
        ListenAddress other = new ListenAddress(otherHost, otherPort);
        assertEquals(overlap, one.overlaps(other));
        assertEquals(overlap, other.overlaps(one));
    }

    @Test
    void anOriginIsValidIfBrowsersCanSendIt() {
        for (String origin : new String[] {
            "https://shop.example.com",
            "http://localhost:5173",
            "https://shop.example.com:8443",
            "http://[::1]:3000",
            "capacitor://localhost",
            "chrome-extension://abcdefghijklmnop"
        }) {
            assertTrue(BrowserOrigins.isOrigin(origin), origin);
        }
        for (String none : new String[] {
            "*",
            "null",
            "shop.example.com",
            "https://shop.example.com/",
            "https://shop.example.com/path",
            "https://Shop.example.com",
            "https://shop.example.com:443",
            "http://shop.example.com:80",
            "https://shop.example.com:99999",
            "https://user@shop.example.com",
            "//shop.example.com",
            "https://*.example.com",
            "https://[::1"
        }) {
            assertFalse(BrowserOrigins.isOrigin(none), none);
        }
    }
}
