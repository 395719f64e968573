package io.flashsale.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailTemplatesTest {
    @Test
    void theTextOfAMailOmitsAddressAndCode() {
        assertFalse(MailTemplates.signInCode("ada@example.com", "123456", Duration.ofMinutes(5))
                .toString()
                .matches("(?s).*(ada|123456).*"));
    }

    @Test
    void bothPartsCarryTheCodeItsLifetimeAndTheWarning() {
        Mail mail = MailTemplates.resetCode("ada@example.com", "123456", Duration.ofMinutes(5));
        for (String part : List.of(mail.text(), mail.html())) {
            assertTrue(part.contains("123456"), part);
            assertTrue(part.contains("It expires in 5 minutes and can be used once."), part);
            assertTrue(part.contains("We will never ask you for this code."), part);
        }
        assertEquals("Your password reset code", mail.subject());
    }
}
