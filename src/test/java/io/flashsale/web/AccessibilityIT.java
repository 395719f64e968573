package io.flashsale.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.microsoft.playwright.Route;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs axe on every state of every page, in light and in dark, and tolerates no serious violation. */
@RequiresBrowser
class AccessibilityIT {
    private static final String BUY = "**/api/v1/user/buy/**";

    private static Chromium chromium;
    private static TestNode node;
    private static Client admin;

    @BeforeAll
    static void start() {
        chromium = Chromium.open();
        node = TestNode.builder().start();
        admin = node.admin();
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
            chromium.close();
        }
    }

    private static String product(String name, JsonObject more) {
        JsonObject product = new JsonObject()
                .put("name", name)
                .put("description", "Two lines\nof it.")
                .put("price", 14_900)
                .put("currency", "EUR")
                .put("stock", 20)
                .put("perUserLimit", 2);
        return admin.post("/api/v1/product/create-product", product.mergeIn(more))
                .json()
                .getString("id");
    }

    private static void check(Visitor visitor, String state) {
        assertEquals(List.of(), Axe.violations(visitor.page()), state);
    }

    @Test
    void everySaleStateIsAccessible() {
        // given
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String open = product("Open", new JsonObject());
        String scheduled = product(
                "Soon",
                new JsonObject().put("opensAt", now.plusSeconds(86_400 * 2).toString()));
        String paused = product("Paused", new JsonObject().put("paused", true));
        String soldOut = product("Gone", new JsonObject().put("stock", 1));
        String closed = product(
                "Over", new JsonObject().put("closesAt", now.minusSeconds(60).toString()));
        String scarce = product(
                "Few", new JsonObject().put("closesAt", now.plusSeconds(3_000).toString()));
        node.user().buy(soldOut, "k");
        for (int i = 0; i < 9; i++) {
            node.user().buy(scarce, "k", 2);
        }
        try (Visitor ada = chromium.visitor(node.port(), 390, 844)) {
            for (String product : List.of(open, scheduled, paused, soldOut, closed, scarce)) {

                // when
                ada.at("/#/product/" + product);
                assertThat(ada.page().locator(".ticket")).isVisible();

                // then
                check(ada, ada.page().locator(".state").first().textContent());
            }
            ada.at("/#/product/nothing");
            ada.see("Not on sale");
            check(ada, "unknown product");
        }
        try (Visitor ada = chromium.visitor(node.port())) {
            ada.at("/");
            assertThat(ada.page().locator(".card")).not().hasCount(0);
            check(ada, "home");
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void everyPurchaseStepIsAccessible() {
        // given
        String product = product("Steps", new JsonObject());
        try (Visitor ada = chromium.visitor(node.port(), 390, 844)) {
            ada.at("/#/orders");
            ada.see("Sign in to see your orders.");
            check(ada, "orders, signed out");
            ada.at("/#/product/" + product);

            // when
            ada.buyButton().click();
            check(ada, "sign in");
            ada.button("Forgot your password?").click();
            check(ada, "forgot");
            ada.button("I already have an account").click();
            ada.button("New here? Sign up").click();
            ada.page().getByLabel("E-mail").fill("nonsense");
            ada.page().getByLabel("Password").fill("short");
            ada.page().getByLabel("Password").press("Enter");
            ada.see("E-mail must be an address");
            check(ada, "sign up, with mistakes");
            ada.button("I already have an account").click();
            ada.page().route(BUY, Route::abort);
            ada.signUp(node);
            ada.see("We are checking your order");
            check(ada, "unknown");
            ada.page().unroute(BUY);
            ada.see("Order confirmed");
            check(ada, "receipt");
            ada.at("/#/orders");
            ada.button("Cancel your order of Steps").click();
            check(ada, "cancel dialog");
            ada.button("Cancel order").last().click();
            ada.see("Cancelled");

            // then
            check(ada, "cancelled");
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void everyAdminPageIsAccessible() {
        // given
        String product = product("Desk", new JsonObject());
        node.user().buy(product, "k");
        try (Visitor visitor = chromium.visitor(node.port())) {
            visitor.at("/admin");
            visitor.see("Sign in with an admin account.");
            check(visitor, "signed out");
            visitor.signIn(node, "admin@example.com");

            // when
            for (String page :
                    List.of("overview", "products", "products/" + product, "orders", "dead-letters", "audit")) {
                visitor.at("/admin#/" + page);
                assertThat(visitor.page().getByText("Loading …")).hasCount(0);
                check(visitor, page);
            }
            visitor.at("/admin#/products/new");
            visitor.button("Create product").click();
            visitor.see("Name must not be empty");

            // then
            check(visitor, "new product, with mistakes");
            visitor.hasNoBrowserErrors();
        }
    }

    @Test
    void seriousViolationsAreDetected() {
        // given
        try (Visitor ada = chromium.visitor(node.port())) {
            ada.at("/");
            ada.page().locator("main").waitFor();

            // when
            ada.page().evaluate("() => document.querySelector('main').innerHTML = '<input><button></button>'");

            // then
            assertFalse(Axe.violations(ada.page()).isEmpty());
        }
    }
}
