package io.flashsale.mail;

/**
 * Represents a mail with a one-time code.
 *
 * @param to the recipient's address
 * @param subject a single line, without the code
 * @param text the plain-text part
 * @param html the same content as HTML
 * @param code the code in both parts
 */
public record Mail(String to, String subject, String text, String html, String code) {
    /** Omits address and code, which are private. */
    @Override
    public String toString() {
        return "Mail[" + subject + "]";
    }
}
