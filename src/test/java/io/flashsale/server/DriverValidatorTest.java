package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DriverValidatorTest {
    private final DriverValidator validator = new DriverValidator();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://localhost",
                "redis://127.0.0.1:6379/15",
                "redis://[::1]:6379",
                "rediss://user:p%40ss@redis.example.com:6380/0",
                "redis://:secret@redis",
                "redis://host?db=2&password=x",
            })
    void takesWhatTheRedisClientTakes(String uri) {
        assertEquals(Optional.empty(), validator.redisUri(uri));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://host | must begin with redis",
                "REDIS://host | must begin with redis",
                "unix:///tmp/redis.sock | must begin with redis",
                "redis:// | the host is missing",
                "redis:///1 | the host is missing",
                "redis://:hunter2 | the host is missing",
                "redis://127.0.0.1:notaport | the port must be 1 to 65535",
                "redis://host:0 | the port must be 1 to 65535",
                "redis://host:99999 | the port must be 1 to 65535",
                "redis://:hunter2@host:x | the port must be 1 to 65535",
                "redis://a:6379,b:6379 | several hosts are not supported",
                "redis://:hunter2@a,b | several hosts are not supported",
                "redis://my_host:6379 | a host name consists of letters",
                "redis://host/one | the database must be a number",
                "redis://host/-1 | the database must be a number",
                "redis://host?db=x | the database must be a number",
                "redis://:hun@ter2@host | percent-encoded",
                "redis://:hun%zzter2@host | percent-encoded",
                "redis://hunter2@host | a user name needs a password",
            })
    void refusesWhatTheRedisClientRefuses(String uri, String reason) {
        refused(validator.redisUri(uri), reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mongodb://localhost",
                "mongodb://u:p%40ss@a:27017,b,[::1]:27018/?replicaSet=rs0&authSource=admin",
                "mongodb://host/?readPreference=primary&tls=true",
                "mongodb://host/?maxPoolSize=5&compressors=zlib",
                // Whether DNS knows it is not a matter of configuration.
                "mongodb+srv://u:p@no.such.host.example/?retryWrites=true",
            })
    void takesWhatMongoDbsDriverTakes(String uri) {
        assertEquals(Optional.empty(), validator.mongodbUri(uri));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://host | must begin with mongodb",
                "mongodb://127.0.0.1:notaport/ | a port must be 1 to 65535",
                "mongodb://host:0 | a port must be 1 to 65535",
                "mongodb://u:hun@ter2@host | percent-encoded",
                "mongodb://u:hun/ter2@host | percent-encoded",
                "mongodb://u:%zhunter2@host | percent-encoded",
                "mongodb://:hunter2@host | the user name is missing",
                "mongodb://@host | the user name is missing",
                "mongodb:// | a host is missing",
                "mongodb://::1 | brackets",
                "mongodb://ho st/ | a host must be an IP address or a host name",
                "mongodb://%2Ftmp%2Fmongodb-27017.sock | Unix sockets are not supported",
                "mongodb://host/?replicaSet | name=value",
                "mongodb://host/?maxPoolSize=hunter2 | a number",
                "mongodb://host/a b | the name of the database is invalid",
                "mongodb://host/?minPoolSize=10&maxPoolSize=5 | contradict",
                "mongodb://u:12?authMechanism=hunter2@host | contradict",
                "mongodb://a,b/?directConnection=true | one host",
                "mongodb://host/?tls=ture | tls must be true or false",
                "mongodb://host/?compressors=zlib,snappy | zlib is the only supported compressor",
                "mongodb://host/?readPreference=secondary | must be primary",
                "mongodb+srv://a.b.c:27017 | without a port",
                "mongodb+srv://a.b.c,d.e.f | without a port",
            })
    void refusesWhatMongoDbsDriverRefuses(String uri, String reason) {
        refused(validator.mongodbUri(uri), reason);
    }

    private static void refused(Optional<String> said, String reason) {
        assertTrue(said.orElse("").contains(reason), said::toString);
        assertFalse(said.get().contains("hunter2") || said.get().contains("ter2"), said::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a.b", "a/b", "a$b", "a\"b", "admin", "local", "config", "a\u0000b"})
    void refusesANameThatNoDatabaseCanHave(String name) {
        assertTrue(validator.mongodbDatabase(name).isPresent());
        assertEquals(Optional.empty(), validator.mongodbDatabase("flash-sale_1"));
        assertTrue(validator.mongodbDatabase("x".repeat(64)).isPresent());
    }
}
