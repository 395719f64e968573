package io.flashsale.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the admin's page. */
@RequiresBrowser
class AdminPageIT {
    private static final String ADMIN = "admin@example.com";

    private static Chromium chromium;
    private static TestNode node;
    private static Client api;

    @BeforeAll
    static void start() {
        chromium = Chromium.open();
        node = TestNode.builder().start();
        api = node.admin();
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
            chromium.close();
        }
    }

    private static Visitor admin(String path) {
        Visitor admin = chromium.visitor(node.port());
        admin.at(path);
        admin.signIn(node, ADMIN);
        return admin;
    }

    private static JsonObject product(String id) {
        return api.get("/api/v1/product/" + id).json();
    }

    private static String paused(String name) {
        return api.post(
                        "/api/v1/product/create-product",
                        new JsonObject()
                                .put("name", name)
                                .put("price", 14_900)
                                .put("currency", "EUR")
                                .put("stock", 5)
                                .put("paused", true))
                .json()
                .getString("id");
    }

    @Test
    void openingASaleUpdatesTheBuyersPage() {
        // given
        String product = paused("Kite");
        try (Visitor admin = admin("/admin#/products");
                Visitor ada = chromium.visitor(node.port())) {
            ada.at("/#/product/" + product);
            assertThat(ada.button("Paused")).isDisabled();

            // when
            admin.button("Open the sale of Kite").click();

            // then
            admin.see("Kite is on sale.");
            assertThat(ada.buyButton()).isEnabled();

            // and: it is paused again, and closed
            admin.button("Pause the sale of Kite").click();
            admin.see("The sale of Kite is paused.");
            admin.button("Close the sale of Kite").click();
            admin.button("Close sale").last().click();
            admin.see("The sale of Kite is closed.");
            assertEquals("closed", product(product).getString("state"));
            admin.hasNoBrowserErrors();
            ada.hasNoBrowserErrors();
        }
    }

    @Test
    void validationErrorsAppearAtTheirFields() {
        // given
        try (Visitor admin = admin("/admin#/products/new")) {
            Locator form = admin.page().locator("form.editor");
            form.getByLabel("Name").fill("Kettle");
            form.getByLabel("Price").fill("149.5");
            form.getByLabel("Currency").fill("QQQ");
            form.getByLabel("Stock").fill("many");

            // when: one error that the page detects, then one that the API detects
            admin.button("Create product").click();
            assertThat(form.getByLabel("Stock")).isFocused();
            assertThat(form.getByLabel("Stock")).hasAccessibleDescription("Stock must be a whole number");
            form.getByLabel("Stock").fill("20");
            admin.button("Create product").click();

            // then
            assertThat(form.getByLabel("Currency")).isFocused();
            assertThat(form.getByLabel("Currency"))
                    .hasAccessibleDescription("Currency must be an ISO 4217 code such as USD");
            form.getByLabel("Currency").fill("EUR");
            admin.button("Create product").click();
            admin.see("Kettle has been created.");
            String id = admin.page().url().replaceAll(".*/", "");
            assertEquals(14_950, product(id).getInteger("price"));
            assertEquals("paused", product(id).getString("state"));
            admin.hasNoBrowserErrors();
        }
    }

    @Test
    void concurrentChangeIsNotOverwritten() {
        // given
        String product = paused("Chair");
        try (Visitor admin = admin("/admin#/products/" + product)) {
            Locator stock = admin.page().getByLabel("Stock");
            assertThat(stock).hasValue("5");
            api.put("/api/v1/products/update-product/" + product, new JsonObject().put("stock", 9));

            // when
            stock.fill("7");
            admin.button("Save").click();

            // then
            admin.see("Somebody else has changed this");
            assertThat(stock).hasValue("9");
            stock.fill("7");
            admin.button("Save").click();
            admin.see("Saved.");
            assertEquals(7, product(product).getInteger("stock"));
            admin.hasNoBrowserErrors();
        }
    }

    @Test
    void ratesAreDerivedFromCounters() {
        // given: a node that sells 100 units and refuses 400 between two overviews, two seconds apart by its own clock
        AtomicInteger overviews = new AtomicInteger();
        try (Visitor admin = chromium.visitor(node.port())) {
            admin.page()
                    .route(
                            "**/api/v1/admin/overview",
                            route -> route.fulfill(new Route.FulfillOptions()
                                    .setContentType("application/json")
                                    .setBody(overview(overviews.getAndIncrement())
                                            .encode())));
            admin.at("/admin");

            // when
            admin.signIn(node, ADMIN);

            // then
            assertThat(tile(admin, "Purchases per second")).hasText("50");
            assertThat(tile(admin, "Refusals per second")).hasText("200");
            assertThat(tile(admin, "Dead letters")).hasText("0");
            assertThat(admin.page().locator("line-chart canvas")).hasCount(6);
            assertThat(admin.page().locator(".chart").nth(5)).containsText("hit ratio 90 %");
            assertThat(admin.page().locator(".chart").nth(1)).containsText("sold out 200");
            admin.hasNoBrowserErrors();
        }
    }

    private static Locator tile(Visitor admin, String name) {
        return admin.page()
                .locator(".tile", new Page.LocatorOptions().setHasText(name))
                .locator("b");
    }

    private static JsonObject overview(int index) {
        Instant start = Instant.parse("2026-11-27T12:00:00Z");
        return new JsonObject()
                .put("at", start.plusSeconds(2L * index).toString())
                .put("node", new JsonObject().put("id", "n1").put("startedAt", start.toString()))
                .put(
                        "purchases",
                        new JsonObject()
                                .put(
                                        "outcomes",
                                        new JsonObject()
                                                .put("placed", 110 * index)
                                                .put("reserved", 0)
                                                .put("replayed", 10 * index)
                                                .put("sold-out", 400 * index))
                                .put(
                                        "latencyMillis",
                                        new JsonObject().put("p50", 1.2).put("p99", 9.8))
                                .put("inFlight", 3))
                .put("cache", new JsonObject().put("hits", 900 * index).put("misses", 100 * index))
                .put("live", new JsonObject().put("clients", 12))
                .put("outbox", 0)
                .put("deadLetters", 0)
                .put("stores", new JsonObject().put("redis", new JsonObject().put("status", "up")))
                .put(
                        "products",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("id", "p1")
                                        .put("name", "Lamp")
                                        .put("state", "open")
                                        .put("stock", 5_000)
                                        .put("remaining", 5_000 - 100 * index)));
    }

    @Test
    void accountWithoutTheAdminRoleIsRefused() {
        // given
        String email = Client.freshEmail();
        Client user = node.client();
        user.post("/api/v1/auth/register", new JsonObject().put("email", email).put("password", Client.PASSWORD));
        try (Visitor visitor = chromium.visitor(node.port())) {
            visitor.at("/admin");

            // when
            visitor.signIn(node, email);

            // then
            visitor.see(email + " is not an admin");
            assertEquals(0, visitor.page().getByRole(AriaRole.TABLE).count());
            visitor.hasNoBrowserErrors();
        }
    }

    @Test
    void ordersAreFilteredAndDownloaded() throws Exception {
        // given
        String product = TestNode.product(api, 5, 1);
        String orderId = node.user().buy(product, "k").json().getString("orderId");
        node.user().buy(TestNode.product(api, 5, 1), "k");
        try (Visitor admin = admin("/admin#/orders")) {
            assertThat(admin.page().locator("tbody tr")).not().hasCount(1);

            // when
            admin.page().getByLabel("Product ID").fill(product);
            admin.button("Filter").click();
            assertThat(admin.page().locator("tbody tr")).hasCount(1);
            Download file = admin.page()
                    .waitForDownload(() -> admin.button("Download CSV").click());

            // then
            assertThat(admin.page().locator("tbody")).containsText(orderId);
            List<String> lines = Files.readAllLines(file.path());
            assertEquals("orders.csv", file.suggestedFilename());
            assertEquals(2, lines.size(), lines::toString);
            assertTrue(lines.get(1).contains(orderId), lines::toString);

            // and: the audit log has the order
            admin.at("/admin#/audit");
            admin.page().getByLabel("Subject").fill(orderId);
            admin.button("Filter").click();
            assertThat(admin.page().locator("tbody")).containsText("order.placed");
            admin.hasNoBrowserErrors();
        }
    }

    @Test
    void everyListOpens() {
        // given
        String product = TestNode.product(api, 5, 1);
        node.user().buy(product, "k");
        try (Visitor admin = admin("/admin")) {
            for (String list : new String[] {"overview", "products", "orders", "dead-letters", "audit"}) {

                // when
                admin.at("/admin#/" + list);
                admin.page().getByRole(AriaRole.HEADING).first().waitFor();

                // then
                assertThat(admin.page().locator("nav.tabs a[aria-current=page]"))
                        .hasAttribute("href", "#/" + list);
            }
            assertTrue(admin.page().locator("main").isVisible());
            admin.hasNoBrowserErrors();
        }
    }
}
