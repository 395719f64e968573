package io.flashsale.mail;

import java.time.Duration;

/** Composes the mails to users. */
public final class MailTemplates {
    private MailTemplates() {}

    /** Composes the mail with a sign-in code that is valid for the given time. */
    public static Mail signInCode(String to, String code, Duration lifetime) {
        return mail(to, "Your sign-in code", "sign-in", "sign in", code, lifetime);
    }

    /** Composes the mail with a password-reset code that is valid for the given time. */
    public static Mail resetCode(String to, String code, Duration lifetime) {
        return mail(to, "Your password reset code", "password reset", "reset your password", code, lifetime);
    }

    private static Mail mail(
            String to, String subject, String codeName, String action, String code, Duration lifetime) {
        String greeting = "Hello,";
        String intro = "Use this code to " + action + ":";
        String validity = "It expires in " + lifetime.toMinutes() + " minutes and can be used once.";
        String warning = "We will never ask you for this code. Please do not share it with anyone.";
        String unexpected = "If you did not request a " + codeName + " code, you can safely ignore this e-mail.";
        String text = String.join("\n\n", greeting, intro, code, validity + "\n" + warning, unexpected) + "\n";
        String html = "<!doctype html><html lang=\"en\"><body style=\"font-family:sans-serif\">"
                + paragraph(greeting)
                + paragraph(intro)
                + "<p style=\"font-size:2em;letter-spacing:.2em\"><strong>" + code + "</strong></p>"
                + paragraph(validity + "<br>" + warning)
                + paragraph(unexpected)
                + "</body></html>";
        return new Mail(to, subject, text, html, code);
    }

    private static String paragraph(String html) {
        return "<p>" + html + "</p>";
    }
}
