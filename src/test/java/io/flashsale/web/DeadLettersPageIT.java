package io.flashsale.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.flashsale.orders.DeadLetterService;
import io.flashsale.redis.Keys;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.ProvokesErrors;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.IndexOptions;
import io.vertx.ext.mongo.MongoClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests how buyers and admins see orders that MongoDB rejects. A conflicting unique index causes the rejection. */
@RequiresBrowser
class DeadLettersPageIT {
    private static final String CONFLICTING_INDEX = "somebody_elses";

    private final String database = TestStores.freshDatabase();
    private final Vertx vertx = Vertx.vertx();
    private Chromium chromium;
    private TestNode node;
    private MongoClient mongo;
    private String product;

    @BeforeEach
    void start() {
        chromium = Chromium.open();
        node = TestNode.builder().with("FLASHSALE_MONGODB_DATABASE", database).start();
        mongo = TestStores.mongo(vertx, database);
        product = TestNode.product(node.admin(), 5, 1);
        node.user().buy(product, "placed");
        TestNode.await(mongo.createIndexWithOptions(
                "orders",
                new JsonObject().put("quantity", 1),
                new IndexOptions().name(CONFLICTING_INDEX).unique(true)));
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
            chromium.close();
            TestNode.await(mongo.close());
        }
        TestNode.await(vertx.close());
    }

    private static Locator deadLetter(Visitor admin, String orderId) {
        return admin.page().getByRole(AriaRole.ROW, new Page.GetByRoleOptions().setName(orderId));
    }

    private static void press(Locator deadLetter, String button) {
        deadLetter
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(button))
                .click();
    }

    @Test
    @ProvokesErrors(DeadLetterService.class)
    void deadLettersAreRetriedAndDiscarded() {
        // given
        Client bob = node.user();
        String bobs = bob.buy(product, "k").json().getString("orderId");
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product);
                Visitor admin = chromium.visitor(node.port()).at("/admin")) {
            ada.buyButton().click();
            ada.see("Reserved for you");
            String adas = ada.page().locator("#purchase-status code").textContent();
            admin.signIn(node, "admin@example.com");
            admin.at("/admin#/dead-letters");
            for (int i = 0;
                    i < 20
                            && deadLetter(admin, adas).count()
                                            + deadLetter(admin, bobs).count()
                                    < 2;
                    i++) {
                admin.page().waitForTimeout(250);
                admin.page().reload();
                admin.page().locator("tbody tr").first().waitFor();
            }

            // when: the index still conflicts
            press(deadLetter(admin, bobs), "Retry");

            // then
            admin.see(bobs + " was rejected again. error 11000");

            // when
            TestNode.await(mongo.dropIndex("orders", CONFLICTING_INDEX));
            press(deadLetter(admin, bobs), "Retry");
            admin.see(bobs + " has been saved.");
            press(deadLetter(admin, adas), "Discard");
            admin.button("Discard order").click();
            admin.see(adas + " has been discarded; its units are back on sale.");

            // then
            admin.see("No dead letters.");
            ada.see("Your reservation was lost");
            assertEquals("placed", bob.get("/api/v1/user/orders/" + bobs).json().getString("status"));
            assertEquals("3", node.redis("GET", Keys.stock(product)));
            admin.hasNoBrowserErrors();
            ada.hasNoBrowserErrors();
        }
    }
}
