package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/** Creates a self-signed certificate with the keytool of the JDK. */
final class SelfSigned {
    private SelfSigned() {}

    /**
     * Writes {@code cert.pem} and {@code key.pem}.
     *
     * @param algorithm the algorithm of the key: EC or RSA
     * @return the key store with both
     */
    static KeyStore write(Path folder, String algorithm) throws Exception {
        Path file = Files.createDirectories(folder).resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, keytool.waitFor(), output);
        KeyStore store = KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
        pem(folder.resolve("cert.pem"), "CERTIFICATE", store.getCertificate("a").getEncoded());
        pem(
                folder.resolve("key.pem"),
                "PRIVATE KEY",
                store.getKey("a", "changeit".toCharArray()).getEncoded());
        return store;
    }

    private static void pem(Path file, String kind, byte[] content) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                        + kind + "-----\n");
    }
}
