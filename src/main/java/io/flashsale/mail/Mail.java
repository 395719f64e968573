package io.flashsale.mail;

/**
 * A mail with a one-time code.
 *
 * @param to one address
 * @param subject one line, without the code
 * @param text the plain part
 * @param html the same for those who prefer it
 * @param code that both parts carry
 */
public record Mail(String to, String subject, String text, String html, String code) {
    /** Nothing of it: address and code are both private. */
    @Override
    public String toString() {
        return "Mail[" + subject + "]";
    }
}
