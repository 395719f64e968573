package io.flashsale.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Takes the README's screenshots of a running sale: {@code mvn -B -ntp verify -Pscreenshots}. */
@Tag("screenshots")
@RequiresBrowser
class ScreenshotsIT {
    private static final Path FOLDER = Path.of("system-design/screenshots");
    private static final int BUYERS = 24;

    private static Chromium chromium;
    private static TestNode node;
    private static Client admin;
    private static List<Client> buyers;

    @BeforeAll
    static void start() {
        chromium = Chromium.open();
        node = TestNode.builder().start();
        admin = node.admin();
        buyers = IntStream.range(0, BUYERS).mapToObj(buyer -> node.user()).toList();
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
            chromium.close();
        }
    }

    private static String product(String name, String description, int price, int stock, JsonObject more) {
        JsonObject product = new JsonObject()
                .put("name", name)
                .put("description", description)
                .put("price", price)
                .put("currency", "EUR")
                .put("stock", stock)
                .put("perUserLimit", 2);
        return admin.post("/api/v1/product/create-product", product.mergeIn(more))
                .json()
                .getString("id");
    }

    private static String time(Duration fromNow) {
        return Instant.now().plus(fromNow).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static void screenshot(Visitor visitor, String name) {
        visitor.page().evaluate("() => document.fonts.ready");
        visitor.page().screenshot(new Page.ScreenshotOptions().setPath(FOLDER.resolve(name + ".png")));
    }

    private static void dark(Visitor visitor) {
        visitor.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    }

    @Test
    void theShopAndItsAdmin() {
        String synth = product("Pocket synth", "Sixteen steps, one speaker.", 8_900, 2, new JsonObject());
        product("Enamel mug, blue", "Holds 350 ml.", 1_900, 50, new JsonObject().put("paused", true));
        product(
                "Field recorder R1",
                "Two microphones, one dial.",
                18_900,
                120,
                new JsonObject().put("opensAt", time(Duration.ofMinutes(134))));
        String lamp = product("Trail lamp, 2nd batch", "400 lumens in 58 grams.", 4_900, 300, new JsonObject());
        String bag = product(
                "Weekender bag, waxed canvas",
                "Thirty-four litres. Cut, sewn and numbered in one workshop.",
                14_900,
                80,
                new JsonObject().put("closesAt", time(Duration.ofMinutes(41))));
        for (Client buyer : buyers) {
            buyer.buy(synth, "k", 1);
            buyer.buy(bag, "k", 2);
        }
        shop(bag);
        receipt(bag);
        uncertain(lamp);
        admin(lamp);
    }

    private static void shop(String bag) {
        try (Visitor visitor = chromium.visitor(node.port())) {
            visitor.at("/");
            assertThat(visitor.page().locator(".card")).hasCount(5);
            screenshot(visitor, "shop");
            visitor.at("/#/product/" + bag);
            assertThat(visitor.page().locator(".ticket")).isVisible();
            dark(visitor);
            screenshot(visitor, "product-dark");
        }
    }

    private static void receipt(String bag) {
        try (Visitor visitor = chromium.visitor(node.port(), 390, 844)) {
            visitor.at("/#/product/" + bag);
            visitor.buyButton().click();
            screenshot(visitor, "sign-in");
            visitor.signUp(node);
            visitor.see("Order confirmed").scrollIntoViewIfNeeded();
            visitor.page().mouse().wheel(0, 2_000);
            assertThat(visitor.page().locator(".receipt .button")).isInViewport();
            screenshot(visitor, "receipt");
        }
    }

    private static void uncertain(String lamp) {
        try (Visitor visitor = chromium.visitor(node.port(), 390, 844)) {
            visitor.at("/#/product/" + lamp);
            visitor.page().route("**/api/v1/user/buy/**", Route::abort);
            visitor.buyButton().click();
            visitor.signUp(node);
            visitor.see("Trying again in");
            visitor.page().mouse().wheel(0, 2_000);
            dark(visitor);
            screenshot(visitor, "network-cut-dark");
        }
    }

    private static void admin(String lamp) {
        String kite = product("Kite, launch edition", "", 5_900, 900, new JsonObject().put("perUserLimit", 0));
        try (Visitor liveClient = chromium.visitor(node.port());
                Visitor visitor = chromium.visitor(node.port(), 1_280, 960)) {
            liveClient.at("/");
            visitor.at("/admin");
            visitor.signIn(node, "admin@example.com");
            // The metrics come from the node, so it needs some load.
            for (int round = 0; round < 70; round++) {
                int requests = (int) (BUYERS * (0.55 + 0.45 * Math.sin(round / 6.0)));
                for (int buyer = 0; buyer < requests; buyer++) {
                    buyers.get(buyer).buy(buyer % 5 == 0 ? lamp : kite, "k" + round, 1);
                }
                visitor.page().waitForTimeout(300);
            }
            screenshot(visitor, "admin");
            visitor.at("/admin#/products");
            visitor.see("Trail lamp");
            screenshot(visitor, "admin-products");
        }
    }
}
