package io.flashsale.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionIdsTest {
    @Test
    void aMadeUpSessionIdIsToldWithoutAStore() {
        SessionIds ids = new SessionIds("secret".getBytes(StandardCharsets.UTF_8));
        SessionIds others = new SessionIds("other".getBytes(StandardCharsets.UTF_8));
        String id = ids.next(true);
        assertTrue(ids.read(id).orElseThrow().verified());
        assertEquals(Optional.empty(), others.read(id));
        assertEquals(Optional.empty(), ids.read('p' + id.substring(1)));
        for (int i = 0; i < id.length(); i++) {
            char other = id.charAt(i) == 'x' ? 'y' : 'x';
            assertEquals(Optional.empty(), ids.read(id.substring(0, i) + other + id.substring(i + 1)), "at " + i);
        }
    }

    @Test
    void theSecretIsNotInAText() {
        assertFalse(new SessionToken("private", Instant.EPOCH).toString().contains("private"));
    }
}
