package io.flashsale.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests buying on the shop's page, including refusals and failures. */
@RequiresBrowser
class ShopPageIT {
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

    private static int ordersOf(String productId) {
        return node.liveOrders(productId).size();
    }

    @Test
    void aVisitorSignsUpWhileBuying() {
        // given
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = chromium.visitor(node.port())) {
            ada.at("/#/product/" + product);
            assertThat(ada.page().locator("[data-role=remaining]")).hasText("5");

            // when
            ada.buyButton().press("Enter");
            ada.signUp(node);

            // then: no second press was needed, the receipt has the focus, and the order exists
            ada.see("Order confirmed");
            assertThat(ada.page().locator("[data-role=units]")).hasText("1");
            assertThat(ada.page().locator("#purchase-status")).isFocused();
            assertThat(ada.page().locator("[data-role=remaining]")).hasText("4");
            assertEquals(1, ordersOf(product));
            String orderId = node.liveOrders(product).get(0).id();
            assertThat(ada.page().locator(".order-number code")).hasText(orderId);

            // and: it can be viewed and cancelled
            ada.page().locator("#purchase-status").getByText("My orders").click();
            ada.see("Confirmed");
            ada.button("Cancel your order of Thing").click();
            ada.button("Cancel order").last().click();
            ada.see("Cancelled");
            assertEquals(0, ordersOf(product));
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void aSellOutAppearsInTwoBrowsersAtOnce() {
        // given
        String product = TestNode.product(admin, 2, 0);
        try (Chromium another = Chromium.open();
                Visitor ada = chromium.visitor(node.port());
                Visitor bob = another.visitor(node.port())) {
            for (Visitor visitor : List.of(ada, bob)) {
                visitor.at("/#/product/" + product);
                assertThat(visitor.page().locator("[data-role=remaining]")).hasText("2");
                // From now on the page can learn of changes only through live events.
                visitor.page().route("**/api/v1/product/**", Route::abort);
            }

            // when
            node.user().buy(product, "one");
            assertThat(ada.page().locator("[data-role=remaining]")).hasText("1");
            assertThat(bob.page().locator("[data-role=remaining]")).hasText("1");
            node.user().buy(product, "last");

            // then
            for (Visitor visitor : List.of(ada, bob)) {
                assertThat(visitor.page().locator(".product")).hasAttribute("data-state", "sold-out");
                assertThat(visitor.button("Sold out")).isDisabled();
                visitor.hasNoBrowserErrors();
            }
        }
    }

    @Test
    void withoutALiveConnectionThePagePolls() {
        // given
        String product = TestNode.product(admin, 1, 0);
        try (Visitor ada = chromium.visitor(node.port())) {
            ada.page().routeWebSocket("**/api/v1/live", socket -> socket.close());
            ada.at("/#/product/" + product);
            assertThat(ada.page().locator("[data-role=remaining]")).hasText("1");

            // when
            node.user().buy(product, "last");

            // then
            assertThat(ada.button("Sold out")).isDisabled();
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void buyerAtTheLimitSeesTheirOrder() {
        // given
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            ada.buyButton().click();
            ada.see("Order confirmed");
            ada.page().reload();

            // when
            ada.buyButton().click();

            // then
            ada.see("You've reached the limit for this product");
            ada.page().locator("#purchase-status").getByText("See your order").click();
            assertThat(ada.page().locator(".order")).hasCount(1);
            assertThat(ada.page().locator(".order"))
                    .containsText(node.liveOrders(product).get(0).id());
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void cancellingAnOrderPutsItsUnitBackOnSale() {
        // given
        String product = TestNode.product(admin, 1, 1);
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product);
                Visitor bob = chromium.visitor(node.port())) {
            ada.buyButton().click();
            ada.see("Order confirmed");
            bob.at("/#/product/" + product);
            assertThat(bob.button("Sold out")).isDisabled();
            ada.at("/#/orders");

            // when
            ada.button("Cancel your order of").click();
            ada.button("Cancel order").last().click();

            // then
            assertThat(ada.page().locator(".order")).hasAttribute("data-status", "cancelled");
            assertThat(bob.buyButton()).isEnabled();
            assertEquals(0, ordersOf(product));
            ada.hasNoBrowserErrors();
            bob.hasNoBrowserErrors();
        }
    }

    @Test
    void aSellOutBeforeTheRequestIsExplained() {
        // given: another buyer takes the last unit just before the request
        String product = TestNode.product(admin, 1, 1);
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            ada.page().route(BUY, route -> {
                node.user().buy(product, "other");
                route.resume();
            });

            // when
            ada.buyButton().click();

            // then
            assertThat(ada.page().locator("#purchase-status")).containsText("Sorry, it just sold out");
            assertEquals(1, ordersOf(product));
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void aScheduledSaleOpensWithoutReload() {
        // given
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, TestNode.product(admin, 5, 1))) {
            Client.Answer created = admin.post(
                    "/api/v1/product/create-product",
                    new JsonObject()
                            .put("name", "Soon")
                            .put("price", 100)
                            .put("currency", "EUR")
                            .put("stock", 5)
                            .put("opensAt", Instant.now().plusSeconds(6).toString()));
            String product = created.json().getString("id");
            ada.at("/#/product/" + product);
            ada.see("Opens in");

            // when: the page has only its clock, since polling gets no response before the page's timeout
            ada.page().route("**/api/v1/product/**", unanswered -> {});
            double belowTimeoutMillis = 11_000;
            assertThat(ada.buyButton())
                    .isEnabled(new LocatorAssertions.IsEnabledOptions().setTimeout(belowTimeoutMillis));

            // then
            ada.buyButton().click();
            ada.see("Order confirmed");
            assertEquals(1, ordersOf(product));
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void aDeletedProductDisappearsFromThePage() {
        // given: a page with live events only, without polling
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = chromium.visitor(node.port())) {
            ada.at("/#/product/" + product);
            assertThat(ada.page().locator("[data-role=remaining]")).hasText("5");
            ada.page().route("**/api/v1/product/**", Route::abort);
            node.user().buy(product, "k");
            assertThat(ada.page().locator("[data-role=remaining]")).hasText("4");

            // when
            admin.delete("/api/v1/product/delete-product/" + product);

            // then
            ada.see("This product does not exist, or is no longer on sale");
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void aPausedSaleRefusesAndIsExplained() {
        // given: an admin pauses the sale just before the request; its opening is long past
        String product = TestNode.product(admin, 5, 1);
        AtomicInteger requests = new AtomicInteger();
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            ada.page().route(BUY, route -> {
                requests.incrementAndGet();
                Instant lately = Instant.now().minusSeconds(60);
                admin.put(
                        "/api/v1/products/update-product/" + product,
                        new JsonObject().put("paused", true).put("opensAt", lately.toString()));
                route.resume();
            });

            // when
            ada.buyButton().click();

            // then
            assertThat(ada.page().locator("#purchase-status")).containsText("Nothing was ordered");
            assertEquals("refused", ada.page().locator("#purchase-status").getAttribute("data-phase"));
            assertEquals(1, requests.get(), "no retry, since the sale is not about to open");
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void browserErrorsAreDetected() {
        // given
        try (Visitor ada = chromium.visitor(node.port())) {
            ada.at("/");
            ada.page().locator("main").waitFor();

            // when
            ada.page().evaluate("() => document.body.setAttribute('style', 'color: red')");
            ada.page()
                    .evaluate(
                            "() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); }");
            ada.page().evaluate("() => console.error('x')");

            // then
            assertTrue(
                    ada.browserErrors().stream().anyMatch(text -> text.contains("inline script")),
                    ada.browserErrors()::toString);
            assertTrue(
                    ada.browserErrors().stream().anyMatch(text -> text.contains("inline style")),
                    ada.browserErrors()::toString);
            assertTrue(ada.browserErrors().contains("x"));
        }
    }
}
