package io.flashsale.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.flashsale.TestNode;
import io.flashsale.faults.TcpProxy;
import io.flashsale.support.Client;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Buying in the shop's page, on good days and bad. */
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
    void aVisitorBuysAndSignsUpOnTheWay() {
        // given
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = chromium.visitor(node.port())) {
            ada.at("/#/product/" + product);
            assertThat(ada.page().locator("[data-role=remaining]")).hasText("5");

            // when
            ada.buyButton().press("Enter");
            ada.signUp(node);

            // then: no second press was needed, the receipt has the focus, and the order is there
            ada.see("It is yours");
            assertThat(ada.page().locator("[data-role=units]")).hasText("1");
            assertThat(ada.page().locator("#answer")).isFocused();
            assertThat(ada.page().locator("[data-role=remaining]")).hasText("4");
            assertEquals(1, ordersOf(product));
            String orderId = node.liveOrders(product).get(0).id();
            assertThat(ada.page().locator(".order-number code")).hasText(orderId);

            // and: it can be looked at and cancelled
            ada.page().locator("#answer").getByText("My orders").click();
            ada.see("Confirmed");
            ada.button("Cancel the order of Thing").click();
            ada.button("Cancel the order").last().click();
            ada.see("Cancelled");
            assertEquals(0, ordersOf(product));
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void aSellOutIsSeenInTwoBrowsersAtOnce() {
        // given
        String product = TestNode.product(admin, 2, 0);
        try (Chromium another = Chromium.open();
                Visitor ada = chromium.visitor(node.port());
                Visitor bob = another.visitor(node.port())) {
            for (Visitor visitor : List.of(ada, bob)) {
                visitor.at("/#/product/" + product);
                assertThat(visitor.page().locator("[data-role=remaining]")).hasText("2");
                // From now on only what comes in live can tell.
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
                visitor.hasNothingToComplainAbout();
            }
        }
    }

    @Test
    void withoutALiveLineThePageLooksForItself() {
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
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void theNetworkIsCutWhileBuyingAndThereIsOneOrderInTheEnd() {
        // given: a network that breaks when the answer to the purchase comes back
        String product = TestNode.product(admin, 5, 1);
        try (TcpProxy network = new TcpProxy(node.port());
                Visitor ada = chromium.visitor(network.port())) {
            ada.at("/#/product/" + product);
            ada.page().locator("header").getByText("Sign in").click();
            ada.signUp(node);
            assertThat(ada.page().locator("header")).containsText("Sign out");
            Set<String> keys = keysOf(ada);
            network.on(new TcpProxy.Trigger(
                    true, "POST /api/v1/user/buy/" + product, true, () -> network.set(TcpProxy.Mode.CUT)));

            // when
            ada.buyButton().click();
            ada.see("We do not know yet");
            assertEquals(1, ordersOf(product), "the order stands, and the buyer was not told");
            network.heal();

            // then
            ada.see("It is yours");
            assertEquals(1, ordersOf(product));
            assertEquals(1, keys.size(), "one key for one intent");
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void aReloadWithoutAnAnswerGoesOnUnderTheSameKey() {
        // given: the first answer never arrives, nor does any until the page is loaded anew
        String product = TestNode.product(admin, 5, 0);
        try (Visitor ada = signedUp(product)) {
            Set<String> keys = keysOf(ada);
            ada.page().route(BUY, route -> {
                route.fetch();
                route.abort();
            });
            ada.buyButton().click();
            ada.see("We do not know yet");
            ada.page().unroute(BUY);

            // when
            ada.page().reload();

            // then
            ada.see("It is yours");
            assertEquals(1, ordersOf(product));
            assertEquals(1, keys.size());

            // and: what is certain is put away; the next intent has a key of its own
            ada.button("Buy another").click();
            ada.buyButton().click();
            ada.see("It is yours");
            assertEquals(2, ordersOf(product));
            assertEquals(2, keys.size());
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void whatTheShopAsksForIsDoneAndToldHonestly() {
        // given: a shop that first wants to be left alone, then is too busy, then only reserves
        String product = TestNode.product(admin, 5, 1);
        List<Integer> answers = new ArrayList<>(List.of(429, 503, 202));
        try (Visitor ada = signedUp(product)) {
            Set<String> keys = keysOf(ada);
            ada.page().route(BUY, route -> answerWith(route, answers.remove(0), 1));
            List<String> looks = new ArrayList<>();
            ada.page().route("**/api/v1/user/orders/**", route -> {
                looks.add(route.request().url());
                if (looks.size() == 1) {
                    route.fulfill(new Route.FulfillOptions()
                            .setBody("{\"status\":\"reserved\"}")
                            .setContentType("application/json"));
                } else {
                    route.resume();
                }
            });

            ada.page().evaluate("""
                    () => {
                      window.told = [];
                      const answer = document.getElementById('answer');
                      const tell = () => told.at(-1) !== answer.dataset.phase && told.push(answer.dataset.phase);
                      new MutationObserver(tell).observe(answer, {attributes: true});
                    }""");

            // when
            ada.buyButton().click();

            // then
            ada.see("It is yours");
            assertEquals(
                    List.of("asking", "waiting", "busy", "reserved", "placed"),
                    ada.page().evaluate("() => told"));
            assertEquals(1, ordersOf(product));
            assertEquals(1, keys.size());
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void whoDoesNotWantToWaitAsksNow() {
        // given: a shop that wants to be left alone for an hour
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = signedUp(product)) {
            ada.page().route(BUY, route -> answerWith(route, 429, 3_600), new Page.RouteOptions().setTimes(1));
            ada.buyButton().click();
            ada.see("A little too fast");

            // when
            ada.button("Ask now").click();

            // then
            ada.see("It is yours");
            assertEquals(1, ordersOf(product));
            ada.hasNothingToComplainAbout();
        }
    }

    private static void answerWith(Route route, int status, int retryAfterSeconds) {
        if (status == 202) {
            APIResponse real = route.fetch();
            route.fulfill(new Route.FulfillOptions().setResponse(real).setStatus(status));
            return;
        }
        route.fulfill(new Route.FulfillOptions()
                .setStatus(status)
                .setHeaders(Map.of("Retry-After", String.valueOf(retryAfterSeconds)))
                .setContentType("application/problem+json")
                .setBody("{\"code\":\"" + (status == 429 ? "rate-limited" : "overloaded") + "\",\"status\":" + status
                        + "}"));
    }

    @Test
    void whoHasTheirShareIsShownTheirOrder() {
        // given
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = signedUp(product)) {
            ada.buyButton().click();
            ada.see("It is yours");
            ada.page().reload();

            // when
            ada.buyButton().click();

            // then
            ada.see("You have your share");
            ada.page().locator("#answer").getByText("See your order").click();
            assertThat(ada.page().locator(".order")).hasCount(1);
            assertThat(ada.page().locator(".order"))
                    .containsText(node.liveOrders(product).get(0).id());
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void theLastUnitWasFaster() {
        // given: a page that does not hear that the rest is gone
        String product = TestNode.product(admin, 1, 1);
        try (Visitor ada = signedUp(product)) {
            ada.page().route(BUY, route -> {
                node.user().buy(product, "faster");
                route.resume();
            });

            // when
            ada.buyButton().click();

            // then
            assertThat(ada.page().locator("#answer")).containsText("Others were faster");
            assertEquals(1, ordersOf(product));
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void aScheduledSaleOpensByItself() {
        // given
        try (Visitor ada = signedUp(TestNode.product(admin, 5, 1))) {
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

            // when: the page is on its own
            ada.page().route("**/api/v1/product/**", Route::abort);

            // then
            ada.buyButton().click();
            ada.see("It is yours");
            assertEquals(1, ordersOf(product));
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void onASharedMachineNobodyGoesOnWithWhatAnotherWanted() {
        // given: an attempt of Ada's without an outcome, and the session gone
        String product = TestNode.product(admin, 5, 1);
        try (Visitor shared = signedUp(product)) {
            shared.page().route(BUY, Route::abort);
            shared.buyButton().click();
            shared.see("We do not know yet");
            shared.page().context().clearCookies();
            shared.page().unroute(BUY);
            shared.see("Your session has ended");

            // when: Bob signs in
            shared.page().reload();
            shared.page().locator("header").getByText("Sign in").click();
            shared.signUp(node);

            // then
            assertThat(shared.page().locator("header")).containsText("Sign out");
            assertThat(shared.buyButton()).isVisible();
            assertEquals(0, ordersOf(product));
            shared.hasNothingToComplainAbout();
        }
    }

    @Test
    void whatIsUnderWayEndsWhenAnotherSignsIn() {
        // given: Ada waits, signs out, and on the same page Bob signs in
        String product = TestNode.product(admin, 5, 1);
        try (Visitor shared = signedUp(product)) {
            shared.page().route(BUY, route -> answerWith(route, 429, 3_600), new Page.RouteOptions().setTimes(1));
            shared.buyButton().click();
            shared.see("A little too fast");
            shared.button("Sign out").click();
            shared.page().locator("header").getByText("Sign in").click();
            shared.signUp(node);
            assertThat(shared.page().locator("header")).containsText("Sign out");
            assertThat(shared.page().locator("#answer")).isEmpty();
            Set<String> keys = keysOf(shared);

            // when: a network that comes back wakes whoever waits
            shared.page().evaluate("() => window.dispatchEvent(new Event('online'))");
            shared.buyButton().click();

            // then
            shared.see("It is yours");
            assertEquals(1, keys.size(), "Bob's own");
            assertEquals(1, ordersOf(product));
            shared.hasNothingToComplainAbout();
        }
    }

    @Test
    void whatWasTriedLongAgoIsNotBoughtWithoutAsking() {
        // given
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = signedUp(product)) {
            ada.page().route(BUY, Route::abort);
            ada.buyButton().click();
            ada.see("We do not know yet");
            ada.page().evaluate("""
                    () => Object.keys(localStorage).filter(name => name.startsWith('flashsale.attempt/')).forEach(name => {
                      const attempt = JSON.parse(localStorage[name]);
                      localStorage[name] = JSON.stringify({...attempt, startedAt: attempt.startedAt - 3_600_000});
                    })""");
            ada.page().unroute(BUY);
            Set<String> keys = keysOf(ada);

            // when
            ada.page().reload();

            // then
            ada.see("You tried to buy this before");
            assertEquals(0, keys.size());
            ada.button("Ask again").click();
            ada.see("It is yours");
            assertEquals(1, ordersOf(product));
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void aBrokenRuleOfTheBrowserWouldBeHeard() {
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
                    ada.complaints().stream().anyMatch(text -> text.contains("inline script")),
                    ada.complaints()::toString);
            assertTrue(
                    ada.complaints().stream().anyMatch(text -> text.contains("inline style")),
                    ada.complaints()::toString);
            assertTrue(ada.complaints().contains("x"));
        }
    }

    private static Visitor signedUp(String product) {
        Visitor visitor = chromium.visitor(node.port());
        visitor.at("/#/product/" + product);
        visitor.page().locator("header").getByText("Sign in").click();
        visitor.signUp(node);
        assertThat(visitor.page().locator("header")).containsText("Sign out");
        return visitor;
    }

    /** The idempotency keys that this visitor's browser sends from now on. */
    private static Set<String> keysOf(Visitor visitor) {
        Set<String> keys = new ConcurrentSkipListSet<>();
        visitor.page().onRequest(request -> {
            String key = request.headers().get("idempotency-key");
            if (key != null) {
                keys.add(key);
            }
        });
        return keys;
    }
}
