package io.flashsale.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskedUriTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://127.0.0.1:notaport | redis://127.0.0.1:notaport",
                "redis://localhost:6379x | redis://localhost:6379x",
                "redis://[::1]:x/0 | redis://[::1]:x/0",
                "redis://user:hunter2@host:6379/0 | redis://user:***@host:6379/0",
                "redis://:hunter2@host | redis://***@host",
                "redis://hunter2@host | redis://***@host",
                "mongodb://u:hunter2@a:1,b:2/?replicaSet=rs0 | mongodb://u:***@a:1,b:2/?replicaSet=rs0",
                "mongodb://a:27017,b:27017/?maxPoolSize=x | mongodb://a:27017,b:27017/?maxPoolSize=x",
                "smtp://shop%40example.com:hunter2@mail:587?starttls=requird | smtp://***@mail:587?starttls=requird",
                "redis://host?db=1&password=hunter2 | redis://host?db=1&password=***",
                "127.0.0.1:6379 | 127.0.0.1:6379",
            })
    void showsAllButSecrets(String uri, String shown) {
        assertEquals(shown, MaskedUri.of(uri));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:hunt@er2@host",
                "redis://user:hunt/er2@host",
                "redis://user:hunt?er2@host",
                "redis://user:hunt#er2@host",
                "mongodb://user:hunt,er2@host",
                "redis://user:hunter2",
                "redis://:hunter2",
                "redis://user:hunt/er2",
                "mongodb://user:hunt,er2",
                "redis://:hunt?er2",
                "redis://host/0#hunter2",
                "user:hunter2@host",
                "user:hunter2://@host",
                "redis:/user:hunter2@host",
                "mongodb://h/?proxyPassword=hunter2",
                "mongodb://h/?a=b;proxyPassword=hunter2",
                "mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:hunter2",
                "redis://h?p%61ssword=hunter2",
                "redis://h/?hunter2",
            })
    void hidesAPasswordInWhatIsNoUri(String uri) {
        String shown = MaskedUri.of(uri);
        assertFalse(shown.contains("hunt") || shown.contains("er2"), shown);
    }
}
