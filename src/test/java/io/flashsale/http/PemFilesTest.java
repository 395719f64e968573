package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFilesTest {
    @TempDir
    static Path folder;

    private static Path ec;
    private static Path rsa;

    @BeforeAll
    static void makeCertificates() throws Exception {
        ec = folder.resolve("ec");
        rsa = folder.resolve("rsa");
        SelfSigned.write(ec, "EC");
        SelfSigned.write(rsa, "RSA");
    }

    private static String refusal(Path certificate, Path key) {
        return assertThrows(IllegalArgumentException.class, () -> new HttpVerticle.Tls(certificate, key))
                .getMessage();
    }

    @Test
    void acceptsEcAndRsaPairs() {
        for (Path pair : new Path[] {ec, rsa}) {
            assertDoesNotThrow(() -> new HttpVerticle.Tls(pair.resolve("cert.pem"), pair.resolve("key.pem")));
        }
    }

    @Test
    void acceptsOneFileWithCertificateAndKey() throws Exception {
        Path both = Files.writeString(
                folder.resolve("both.pem"),
                Files.readString(ec.resolve("key.pem")) + Files.readString(ec.resolve("cert.pem")));
        assertDoesNotThrow(() -> new HttpVerticle.Tls(both, both));
    }

    @Test
    void rejectsAKeyOfAnotherCertificate() throws Exception {
        Path other = folder.resolve("other");
        SelfSigned.write(other, "EC");
        String refused = "tls.key must name a PEM file with the private key of server.tls.certificate, not encrypted";
        assertEquals(refused, refusal(ec.resolve("cert.pem"), other.resolve("key.pem")));
        assertEquals(refused, refusal(ec.resolve("cert.pem"), rsa.resolve("key.pem")));
        assertEquals(refused, refusal(ec.resolve("cert.pem"), ec.resolve("cert.pem")));
        Path encrypted = Files.writeString(
                folder.resolve("encrypted.pem"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        assertEquals(refused, refusal(ec.resolve("cert.pem"), encrypted));
    }

    @Test
    void rejectsFilesWithoutACertificate() throws Exception {
        String refused = "tls.certificate must name a PEM file with a chain of certificates";
        assertEquals(refused, refusal(ec.resolve("key.pem"), ec.resolve("key.pem")));
        Path broken = Files.writeString(
                folder.resolve("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertEquals(refused, refusal(broken, ec.resolve("key.pem")));
        assertEquals("tls.certificate must name a PEM file that can be read", refusal(folder, ec.resolve("key.pem")));
        assertEquals(2, refusal(broken, broken).lines().count(), "reports both errors");
    }
}
