package io.flashsale.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.flashsale.faults.network.TcpProxy;
import io.flashsale.faults.network.Trigger;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests purchases without a clear response: the page retries under one key, for this buyer only, and shows the status. */
@RequiresBrowser
class UncertainPurchaseIT {
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
    void aNetworkFailureWhileBuyingLeadsToOneOrder() {
        // given: a network that fails when the response to the purchase comes back
        String product = TestNode.product(admin, 5, 1);
        try (TcpProxy network = new TcpProxy(node.port());
                Visitor ada = chromium.visitor(network.port())) {
            ada.at("/#/product/" + product);
            ada.page().locator("header").getByText("Sign in").click();
            ada.signUp(node);
            assertThat(ada.page().locator("header")).containsText("Sign out");
            Set<String> keys = ada.keys();
            network.on(new Trigger(
                    new Trigger.Mark(true, "POST /api/v1/user/buy/" + product, true),
                    bytes -> network.set(TcpProxy.Mode.CUT)));

            // when
            ada.buyButton().click();
            ada.see("We are checking your order");
            assertEquals(1, ordersOf(product), "the order exists, but the buyer has no response");
            network.heal();

            // then
            ada.see("Order confirmed");
            assertEquals(1, ordersOf(product));
            assertEquals(1, keys.size(), "one key per intent to buy");
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void aReloadWithoutAResponseContinuesUnderTheSameKey() {
        // given: no response arrives before the page is loaded again
        String product = TestNode.product(admin, 5, 0);
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            Set<String> keys = ada.keys();
            ada.page().route(BUY, route -> {
                route.fetch();
                route.abort();
            });
            ada.buyButton().click();
            ada.see("We are checking your order");

            // when
            leave(ada);
            ada.page().unroute(BUY);
            ada.at("/#/product/" + product);

            // then
            ada.see("Order confirmed");
            assertEquals(1, ordersOf(product));
            assertEquals(1, keys.size());

            // and: the finished purchase is removed; the next one has its own key
            ada.button("Buy another").click();
            ada.buyButton().click();
            ada.see("Order confirmed");
            assertEquals(2, ordersOf(product));
            assertEquals(2, keys.size());
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void retryAfterIsFollowedAndEachPhaseIsShown() {
        // given: a server that is first rate-limiting, then overloaded, then only reserves
        String product = TestNode.product(admin, 5, 1);
        List<Integer> answers = new ArrayList<>(List.of(429, 503, 202));
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            Set<String> keys = ada.keys();
            ada.page().route(BUY, route -> respondWith(route, answers.remove(0), 1));
            List<String> polls = new ArrayList<>();
            ada.page().route("**/api/v1/user/orders/**", route -> {
                polls.add(route.request().url());
                if (polls.size() == 1) {
                    route.fulfill(new Route.FulfillOptions()
                            .setBody("{\"status\":\"reserved\"}")
                            .setContentType("application/json"));
                } else {
                    route.resume();
                }
            });

            recordPhases(ada);

            // when
            ada.buyButton().click();

            // then
            ada.see("Order confirmed");
            assertEquals(
                    List.of("submitting", "rate-limited", "overloaded", "reserved", "placed"),
                    ada.page().evaluate("() => phases"));
            assertEquals(1, ordersOf(product));
            assertEquals(1, keys.size());
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void theBuyerCanRetryWithoutWaiting() {
        // given: a server that answers 429 with a Retry-After of one hour
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            ada.page().route(BUY, route -> respondWith(route, 429, 3_600), new Page.RouteOptions().setTimes(1));
            ada.buyButton().click();
            ada.see("Too many attempts");

            // when
            ada.button("Try now").click();

            // then
            ada.see("Order confirmed");
            assertEquals(1, ordersOf(product));
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void onASharedComputerAnotherUserDoesNotContinueThePurchase() {
        // given: Ada's purchase has no outcome, and her session has ended
        String product = TestNode.product(admin, 5, 1);
        try (Visitor shared = chromium.visitor(node.port()).signedUpAt(node, product)) {
            shared.page().route(BUY, Route::abort);
            shared.buyButton().click();
            shared.see("We are checking your order");
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
            shared.hasNoBrowserErrors();
        }
    }

    @Test
    void aPurchaseStopsWhenAnotherUserSignsIn() {
        // given: Ada waits, signs out, and on the same page Bob signs in
        String product = TestNode.product(admin, 5, 1);
        try (Visitor shared = chromium.visitor(node.port()).signedUpAt(node, product)) {
            shared.page().route(BUY, route -> respondWith(route, 429, 3_600), new Page.RouteOptions().setTimes(1));
            shared.buyButton().click();
            shared.see("Too many attempts");
            shared.button("Sign out").click();
            shared.page().locator("header").getByText("Sign in").click();
            shared.signUp(node);
            assertThat(shared.page().locator("header")).containsText("Sign out");
            assertThat(shared.page().locator("#purchase-status")).isEmpty();
            Set<String> keys = shared.keys();

            // when: the network is back, which triggers all pending retries
            shared.page().evaluate("() => window.dispatchEvent(new Event('online'))");
            shared.buyButton().click();

            // then
            shared.see("Order confirmed");
            assertEquals(1, keys.size(), "Bob's own");
            assertEquals(1, ordersOf(product));
            shared.hasNoBrowserErrors();
        }
    }

    @Test
    void anOldAttemptNeedsConfirmation() {
        // given
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            ada.page().route(BUY, Route::abort);
            ada.buyButton().click();
            ada.see("We are checking your order");
            ada.page().evaluate("""
                    () => Object.keys(localStorage).filter(name => name.startsWith('flashsale.attempt/')).forEach(name => {
                      const attempt = JSON.parse(localStorage[name]);
                      localStorage[name] = JSON.stringify({...attempt, startedAt: attempt.startedAt - 3_600_000});
                    })""");

            // when
            leave(ada);
            ada.page().unroute(BUY);
            Set<String> keys = ada.keys();
            ada.at("/#/product/" + product);

            // then
            ada.see("You tried to buy this before");
            assertEquals(0, keys.size());
            ada.button("Try again").click();
            ada.see("Order confirmed");
            assertEquals(1, ordersOf(product));
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void aPurchaseJustBeforeTheOpeningIsRetried() {
        // given: the page's clock is slightly ahead of the server's
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            Set<String> keys = ada.keys();
            List<Integer> requests = new ArrayList<>();
            ada.page().route(BUY, route -> {
                requests.add(requests.size());
                if (requests.size() <= 2) {
                    tooEarly(route, Instant.now().plusMillis(200));
                } else {
                    route.resume();
                }
            });
            recordPhases(ada);

            // when
            ada.buyButton().click();

            // then
            ada.see("Order confirmed");
            assertEquals(List.of("submitting", "placed"), ada.page().evaluate("() => phases"));
            assertEquals(3, requests.size());
            assertEquals(1, keys.size());
            assertEquals(1, ordersOf(product));
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void retriesBeforeTheOpeningAreBounded() {
        // given
        String product = TestNode.product(admin, 5, 1);
        List<Integer> requests = new ArrayList<>();
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            ada.page().route(BUY, route -> {
                requests.add(requests.size());
                tooEarly(route, Instant.now().plusMillis(50));
            });

            // when
            ada.buyButton().click();

            // then
            assertThat(ada.page().locator("#purchase-status")).hasAttribute("data-phase", "refused");
            assertEquals(5, requests.size());
            ada.hasNoBrowserErrors();
        }
    }

    private static void tooEarly(Route route, Instant opensAt) {
        route.fulfill(new Route.FulfillOptions()
                .setStatus(409)
                .setContentType("application/problem+json")
                .setBody("{\"code\":\"sale-not-open\",\"status\":409,\"opensAt\":\"" + opensAt + "\"}"));
    }

    /** Leaves the page before anything else changes: it keeps retrying until the next page has loaded. */
    private static void leave(Visitor visitor) {
        visitor.page().navigate("about:blank");
    }

    private static void recordPhases(Visitor visitor) {
        visitor.page().evaluate("""
                () => {
                  window.phases = [];
                  const status = document.getElementById('purchase-status');
                  const record = () => phases.at(-1) !== status.dataset.phase && phases.push(status.dataset.phase);
                  new MutationObserver(record).observe(status, {attributes: true});
                }""");
    }

    private static void respondWith(Route route, int status, int retryAfterSeconds) {
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
}
