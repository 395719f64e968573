package io.flashsale.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.flashsale.faults.TcpProxy;
import io.flashsale.faults.Trigger;
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

/** Purchases without a clear answer: the page goes on under one key, for this buyer only, and says what it knows. */
@InABrowser
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
    void theNetworkIsCutWhileBuyingAndThereIsOneOrderInTheEnd() {
        // given: a network that breaks when the answer to the purchase comes back
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
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            Set<String> keys = ada.keys();
            ada.page().route(BUY, route -> {
                route.fetch();
                route.abort();
            });
            ada.buyButton().click();
            ada.see("We do not know yet");

            // when
            leave(ada);
            ada.page().unroute(BUY);
            ada.at("/#/product/" + product);

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
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            Set<String> keys = ada.keys();
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

            tellPhases(ada);

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
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
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

    @Test
    void onASharedMachineNobodyGoesOnWithWhatAnotherWanted() {
        // given: an attempt of Ada's without an outcome, and the session gone
        String product = TestNode.product(admin, 5, 1);
        try (Visitor shared = chromium.visitor(node.port()).signedUpAt(node, product)) {
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
        try (Visitor shared = chromium.visitor(node.port()).signedUpAt(node, product)) {
            shared.page().route(BUY, route -> answerWith(route, 429, 3_600), new Page.RouteOptions().setTimes(1));
            shared.buyButton().click();
            shared.see("A little too fast");
            shared.button("Sign out").click();
            shared.page().locator("header").getByText("Sign in").click();
            shared.signUp(node);
            assertThat(shared.page().locator("header")).containsText("Sign out");
            assertThat(shared.page().locator("#answer")).isEmpty();
            Set<String> keys = shared.keys();

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
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            ada.page().route(BUY, Route::abort);
            ada.buyButton().click();
            ada.see("We do not know yet");
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
            ada.button("Ask again").click();
            ada.see("It is yours");
            assertEquals(1, ordersOf(product));
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void whoPressesAMomentTooEarlyNeedNotPressAgain() {
        // given: a clock of the page that was a little ahead of the one that opens the sale
        String product = TestNode.product(admin, 5, 1);
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            Set<String> keys = ada.keys();
            List<Integer> asked = new ArrayList<>();
            ada.page().route(BUY, route -> {
                asked.add(asked.size());
                if (asked.size() <= 2) {
                    tooEarly(route, Instant.now().plusMillis(200));
                } else {
                    route.resume();
                }
            });
            tellPhases(ada);

            // when
            ada.buyButton().click();

            // then
            ada.see("It is yours");
            assertEquals(List.of("asking", "placed"), ada.page().evaluate("() => told"));
            assertEquals(3, asked.size());
            assertEquals(1, keys.size());
            assertEquals(1, ordersOf(product));
            ada.hasNothingToComplainAbout();
        }
    }

    @Test
    void aSaleThatDoesNotOpenAfterAllIsAskedForAFewTimesOnly() {
        // given
        String product = TestNode.product(admin, 5, 1);
        List<Integer> asked = new ArrayList<>();
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product)) {
            ada.page().route(BUY, route -> {
                asked.add(asked.size());
                tooEarly(route, Instant.now().plusMillis(50));
            });

            // when
            ada.buyButton().click();

            // then
            assertThat(ada.page().locator("#answer")).hasAttribute("data-phase", "refused");
            assertEquals(5, asked.size());
            ada.hasNothingToComplainAbout();
        }
    }

    private static void tooEarly(Route route, Instant opensAt) {
        route.fulfill(new Route.FulfillOptions()
                .setStatus(409)
                .setContentType("application/problem+json")
                .setBody("{\"code\":\"sale-not-open\",\"status\":409,\"opensAt\":\"" + opensAt + "\"}"));
    }

    /** Gone before anything else changes: until the next page has come, a page that is left goes on asking. */
    private static void leave(Visitor visitor) {
        visitor.page().navigate("about:blank");
    }

    private static void tellPhases(Visitor visitor) {
        visitor.page().evaluate("""
                () => {
                  window.told = [];
                  const answer = document.getElementById('answer');
                  const tell = () => told.at(-1) !== answer.dataset.phase && told.push(answer.dataset.phase);
                  new MutationObserver(tell).observe(answer, {attributes: true});
                }""");
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
}
