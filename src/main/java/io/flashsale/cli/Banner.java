package io.flashsale.cli;

import java.util.Optional;

/** Formats the banner that the server prints when it is ready. */
public final class Banner {
    private Banner() {}

    /**
     * Formats the banner.
     *
     * @param stores describes which store runs where
     * @param admin the admin account of the embedded default, or empty
     * @param product the id of a product to buy, or empty
     */
    public static String text(
            int port, int managementPort, String stores, Optional<Admin> admin, Optional<String> product) {
        String api = "http://localhost:" + port;
        StringBuilder text = new StringBuilder("\nFlash Sale\n");
        text.append("Shop      ")
                .append(api)
                .append("/   its admin at ")
                .append(api)
                .append("/admin\n");
        text.append("API       ").append(api).append("/api/v1/product\n");
        text.append("Health    http://127.0.0.1:").append(managementPort).append("/health/stores\n");
        text.append(stores).append('\n');
        if (admin.isPresent() && product.isPresent()) {
            String mailbox = "http://127.0.0.1:" + managementPort + "/dev/mailbox?to="
                    + admin.get().email();
            text.append("Admin     ")
                    .append(admin.get().email())
                    .append("  password ")
                    .append(admin.get().password());
            text.append("\nMail      ").append(mailbox).append("\n\nBuy one, as the admin:\n");
            text.append("  curl -s -c jar -H 'Content-Type: application/json' -d '{\"email\":\"")
                    .append(admin.get().email())
                    .append("\",\"password\":\"")
                    .append(admin.get().password())
                    .append("\"}' ")
                    .append(api)
                    .append("/api/v1/auth/login\n");
            text.append(
                            "  curl -s -b jar -c jar -H 'Content-Type: application/json' -d \"{\\\"code\\\":\\\"$(curl -s '")
                    .append(mailbox)
                    .append("' | grep -o '\"code\":\"[0-9]*' | head -1 | tr -dc 0-9)\\\"}\" ")
                    .append(api)
                    .append("/api/v1/auth/verify-otp\n");
            text.append("  curl -si -b jar -H 'Idempotency-Key: my-first' -X POST ")
                    .append(api)
                    .append("/api/v1/user/buy/")
                    .append(product.get())
                    .append('\n');
        }
        return text.append("\nRead README.md, then system-design/ARCHITECTURE.md\n")
                .toString();
    }

    /** Holds the credentials of the embedded default's admin. */
    public record Admin(String email, String password) {
        @Override
        public String toString() {
            return "Admin[***]";
        }
    }
}
