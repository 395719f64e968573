package io.flashsale.http;

import io.flashsale.domain.Requirements;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.impl.KeyStoreHelper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;

/** Checks that a certificate and a key can serve TLS, using the same parser as the server. */
final class PemFiles {
    private static final byte[] PROBE =
            "signed with one half, verified with the other".getBytes(StandardCharsets.US_ASCII);

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private PemFiles() {}

    /**
     * Rejects files that would fail at the first handshake.
     *
     * @throws IllegalArgumentException with a message that begins with the name of the setting
     */
    static void check(Path certificate, Path key) {
        Buffer chain = read("tls.certificate", certificate);
        Buffer secret = read("tls.key", key);
        boolean isChain = isChain(chain);
        boolean isKey = secret.toString().contains("PRIVATE KEY-----") && (!isChain || belongTogether(chain, secret));
        new Requirements()
                .that(isChain, "tls.certificate must name a PEM file with a chain of certificates")
                .that(
                        isKey,
                        "tls.key must name a PEM file with the private key of server.tls.certificate, not encrypted")
                .check();
    }

    private static Buffer read(String setting, Path file) {
        try {
            return Buffer.buffer(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(setting + " must name a PEM file that can be read", e);
        }
    }

    private static boolean isChain(Buffer pem) {
        try {
            String chain = certificates(pem.toString());
            return !chain.isEmpty()
                    && !CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(chain.getBytes(StandardCharsets.US_ASCII)))
                            .isEmpty();
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Extracts the certificates: the same file may also hold the key. */
    private static String certificates(String pem) {
        StringBuilder chain = new StringBuilder();
        int begin = pem.indexOf(BEGIN);
        while (begin >= 0) {
            int end = pem.indexOf(END, begin);
            end = end < 0 ? pem.length() : end + END.length();
            chain.append(pem, begin, end).append('\n');
            begin = pem.indexOf(BEGIN, end);
        }
        return chain.toString();
    }

    private static boolean belongTogether(Buffer chain, Buffer secret) {
        try {
            // The parser needs no Vert.x instance if it gets values instead of paths.
            KeyStore store = new PemKeyCertOptions()
                    .addCertValue(chain)
                    .addKeyValue(secret)
                    .loadKeyStore(null);
            String alias = store.aliases().nextElement();
            PrivateKey key = (PrivateKey) store.getKey(alias, KeyStoreHelper.DUMMY_PASSWORD.toCharArray());
            return verifies(key, store.getCertificate(alias).getPublicKey());
        } catch (Exception unreadable) {
            // Not logged: the message may repeat the content of the file.
            return false;
        }
    }

    private static boolean verifies(PrivateKey secret, PublicKey known) throws GeneralSecurityException {
        Signature signature =
                Signature.getInstance(secret.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
        signature.initSign(secret);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(known);
        signature.update(PROBE);
        return signature.verify(signed);
    }
}
