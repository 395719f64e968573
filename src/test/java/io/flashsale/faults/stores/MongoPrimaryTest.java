package io.flashsale.faults.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MongoPrimaryTest {
    @ParameterizedTest
    @CsvSource({
        "mongodb://localhost, mongodb://127.0.0.1:7/?directConnection=true",
        "mongodb://a:1/, mongodb://127.0.0.1:7/?directConnection=true",
        "mongodb://a:1/?, mongodb://127.0.0.1:7/?directConnection=true",
        "'mongodb://a:1,b:2/?replicaSet=rs0&w=1', mongodb://127.0.0.1:7/?w=1&directConnection=true",
        "mongodb://u:p%40w@a:1/db?authSource=admin, mongodb://u:p%40w@127.0.0.1:7/db?authSource=admin&directConnection=true",
        "mongodb://a:1/?directConnection=false&REPLICASET=x, mongodb://127.0.0.1:7/?directConnection=true",
        "mongodb://a:1/?appName=x@y/z, mongodb://127.0.0.1:7/?appName=x@y/z&directConnection=true",
    })
    void keepsAllButTheHostsAndTheirDiscovery(String given, String through) {
        MongoPrimary primary = new MongoPrimary(given, InetSocketAddress.createUnresolved("a", 1));
        assertEquals(through, primary.through(7));
    }
}
