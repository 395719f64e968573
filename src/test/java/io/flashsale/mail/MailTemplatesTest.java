package io.flashsale.mail;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MailTemplatesTest {
    @Test
    void nothingPrivateIsInAText() {
        assertFalse(MailTemplates.signInCode("ada@example.com", "123456", Duration.ofMinutes(5))
                .toString()
                .matches("(?s).*(ada|123456).*"));
    }
}
