package io.flashsale.http.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.flashsale.catalog.ProductView;
import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.flashsale.http.problem.ApiException;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProductJsonTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final ProductDetails DETAILS =
            new ProductDetails("Thing", "", "standard", 4_999, "USD", 5, 1, NOW.minusSeconds(60), null, false, null);
    private static final Product PRODUCT = Product.create("p1", DETAILS, NOW);

    @Test
    void writesEveryFieldOfTheContract() {
        JsonObject json = ProductJson.of(new ProductView(PRODUCT, 3L, false), NOW);

        assertEquals(
                Set.of(
                        "id",
                        "name",
                        "description",
                        "type",
                        "price",
                        "currency",
                        "stock",
                        "remaining",
                        "perUserLimit",
                        "opensAt",
                        "closesAt",
                        "paused",
                        "state",
                        "cacheTtlSeconds",
                        "version",
                        "createdAt",
                        "updatedAt"),
                json.fieldNames());
        assertEquals("2026-11-27T11:59:00.000Z", json.getString("opensAt"));
        assertEquals("open", json.getString("state"));
    }

    @Test
    void remainingIsNullWhileRedisIsUnavailable() {
        JsonObject json = ProductJson.of(new ProductView(PRODUCT, null, false), NOW);

        assertNull(json.getValue("remaining"));
    }

    @Test
    void anEditWithTheValuesThatWereReadChangesNothing() {
        JsonObject read = ProductJson.of(new ProductView(PRODUCT, 3L, false), NOW);

        assertEquals(DETAILS, edit(read));
    }

    @Test
    void omittedFieldsStayAndNullRemoves() {
        JsonObject edit = new JsonObject().put("price", 1).putNull("opensAt");

        ProductDetails edited = edit(edit);

        assertEquals(1, edited.price());
        assertEquals("Thing", edited.name());
        assertNull(edited.opensAt());
    }

    @ParameterizedTest
    @CsvSource({
        "id,other",
        "version,2",
        "version,1",
        "createdAt,2026-11-27T12:00:00.001Z",
        "updatedAt,now",
        "state,gone",
        "remaining,-1",
        "remaining,many"
    })
    void aReadOnlyFieldCannotBeChanged(String field, String value) {
        JsonObject edit =
                new JsonObject().put(field, value.equals("-1") || value.equals("2") ? Long.valueOf(value) : value);

        InvalidFieldsException refused = assertThrows(InvalidFieldsException.class, () -> edit(edit));

        assertEquals(field, refused.errors().get(0).field());
    }

    @ParameterizedTest
    @ValueSource(strings = {"scheduled", "open", "paused", "sold-out", "closed"})
    void anyStateThatCanHaveBeenReadIsAccepted(String state) {
        assertEquals(DETAILS, edit(new JsonObject().put("state", state).put("remaining", 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"name", "description", "type", "price", "currency", "stock", "perUserLimit", "paused", "state"})
    void nullIsRejectedForOtherFields(String field) {
        JsonObject edit = new JsonObject().putNull(field);

        RuntimeException refused = assertThrows(RuntimeException.class, () -> edit(edit));

        assertEquals(true, refused.getMessage().startsWith(field), refused.getMessage());
    }

    @Test
    void aNewProductRequiresFourFields() {
        RequestJson body = RequestJson.of(new JsonObject().toBuffer());

        InvalidFieldsException refused = assertThrows(InvalidFieldsException.class, () -> ProductJson.create(body));

        assertEquals(4, refused.errors().size());
    }

    @Test
    void aNewProductRejectsFieldsThatTheServerSets() {
        JsonObject product = new JsonObject()
                .put("name", "Thing")
                .put("price", 1)
                .put("currency", "USD")
                .put("stock", 1)
                .put("version", 1);

        ApiException refused =
                assertThrows(ApiException.class, () -> ProductJson.create(RequestJson.of(product.toBuffer())));

        assertEquals("version", refused.fields().get(0).field());
    }

    private static ProductDetails edit(JsonObject body) {
        return ProductJson.edit(RequestJson.of(body.toBuffer()), PRODUCT);
    }
}
