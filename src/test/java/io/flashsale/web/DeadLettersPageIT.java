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

/** Orders that MongoDB refuses, as their buyers and an admin see them. What refuses them is an index of somebody else's. */
@InABrowser
class DeadLettersPageIT {
    private static final String IN_THE_WAY = "somebody_elses";

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
                new IndexOptions().name(IN_THE_WAY).unique(true)));
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
    void oneIsRetriedAndOneIsDiscarded() {
        // given
        Client bob = node.user();
        String bobs = bob.buy(product, "k").json().getString("orderId");
        try (Visitor ada = chromium.visitor(node.port()).signedUpAt(node, product);
                Visitor admin = chromium.visitor(node.port()).at("/admin")) {
            ada.buyButton().click();
            ada.see("Reserved for you");
            String adas = ada.page().locator("#answer code").textContent();
            admin.signIn(node, "admin@example.com");
            admin.at("/admin#/letters");
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

            // when: what was in the way still is
            press(deadLetter(admin, bobs), "Retry");

            // then
            admin.see(bobs + " was refused again. error 11000");

            // when
            TestNode.await(mongo.dropIndex("orders", IN_THE_WAY));
            press(deadLetter(admin, bobs), "Retry");
            admin.see(bobs + " is written now.");
            press(deadLetter(admin, adas), "Discard");
            admin.button("Discard the order").click();
            admin.see(adas + " is discarded; its units are back on sale.");

            // then
            admin.see("None. That is how it should be.");
            ada.see("The reservation was lost");
            assertEquals("placed", bob.get("/api/v1/user/orders/" + bobs).json().getString("status"));
            assertEquals("3", node.redis("GET", Keys.stock(product)));
            admin.hasNothingToComplainAbout();
            ada.hasNothingToComplainAbout();
        }
    }
}
