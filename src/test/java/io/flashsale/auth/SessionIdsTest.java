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
    void aForgedSessionIdIsDetectedWithoutAStore() {
        SessionIds ids = new SessionIds("secret".getBytes(StandardCharsets.UTF_8));
        SessionIds others = new SessionIds("other".getBytes(StandardCharsets.UTF_8));
        String id = ids.generate(true);
        assertTrue(ids.decode(id).orElseThrow().verified());
        assertEquals(Optional.empty(), others.decode(id));
        assertEquals(Optional.empty(), ids.decode('p' + id.substring(1)));
        for (int i = 0; i < id.length(); i++) {
            char other = id.charAt(i) == 'x' ? 'y' : 'x';
            assertEquals(Optional.empty(), ids.decode(id.substring(0, i) + other + id.substring(i + 1)), "at " + i);
        }
    }

    @Test
    void theTokenIsNotInItsText() {
        assertFalse(new SessionToken("private", Instant.EPOCH).toString().contains("private"));
    }
}
