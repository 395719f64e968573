package io.flashsale.mail;

import java.time.Duration;

/** The words of the mails. */
public final class MailTemplates {
    private MailTemplates() {}

    public static Mail signInCode(String to, String code, Duration life) {
        return mail(to, "Your sign-in code", "sign in", code, life);
    }

    public static Mail resetCode(String to, String code, Duration life) {
        return mail(to, "Your code for a new password", "set a new password", code, life);
    }

    private static Mail mail(String to, String subject, String purpose, String code, Duration life) {
        String minutes = life.toMinutes() + " minutes";
        String text = "Your code to " + purpose + " is " + code + ".\n\nIt is good for " + minutes
                + " and for one use. Nobody of us will ever ask you for it.\n"
                + "If it was not you who asked for it, there is nothing you need to do.\n";
        String html =
                "<!doctype html><html lang=\"en\"><body style=\"font-family:sans-serif\"><p>Your code to " + purpose
                        + " is</p><p style=\"font-size:2em;letter-spacing:.2em\"><strong>" + code
                        + "</strong></p><p>It is good for "
                        + minutes + " and for one use. Nobody of us will ever ask you for it.</p>"
                        + "<p>If it was not you who asked for it, there is nothing you need to do.</p></body></html>";
        return new Mail(to, subject, text, html, code);
    }
}
