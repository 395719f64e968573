package io.flashsale.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressesTest {
    @Test
    void addressesAreBroughtIntoTheirCanonicalForm() {
        assertEquals("ada@example.com", EmailAddresses.canonical("  ADA@Example.COM "));
        assertEquals("o'neil+tag@sub.example.com", EmailAddresses.canonical("o'neil+tag@sub.example.com"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u212ada@example.com", "ada@ex\u0430mple.com", "\u0131da@example.com", "ada@example\uff0ecom"})
    void lookAlikeLettersAreRejected(String email) {
        assertThrows(InvalidFieldsException.class, () -> EmailAddresses.canonical(email));
    }
}
