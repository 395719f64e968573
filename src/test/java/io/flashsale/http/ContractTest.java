package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.auth.AuthHandlers;
import io.flashsale.auth.SessionService;
import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.ProductIds;
import io.flashsale.http.endpoint.OverviewEndpoint;
import io.flashsale.http.middleware.ContractFormats;
import io.flashsale.http.pages.StaticAssets;
import io.flashsale.http.problem.ApiError;
import io.flashsale.openapi.Contract;
import io.flashsale.openapi.Operation;
import io.flashsale.openapi.Parameter;
import io.flashsale.openapi.Parameter.Place;
import io.flashsale.openapi.ValidationErrors;
import io.flashsale.persistence.audit.AuditAction;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.lang.reflect.Constructor;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Tests that the contract is valid and agrees with the code. */
class ContractTest {
    private static final Contract CONTRACT = ContractFormats.contract();
    private static final Operation BUY =
            CONTRACT.operation(HttpMethod.POST, "/api/v1/user/buy/:productId").orElseThrow();

    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        TestServer.await(vertx.close());
    }

    @Test
    void theFileIsOpenApi31() {
        Object file = new Yaml().load(CONTRACT.text().toString());
        JsonObject json = new JsonObject(Json.encode(file));

        OutputUnit result = TestServer.await(OpenAPIVersion.V3_1
                .getRepository(vertx, "app://")
                .compose(metaSchemas -> OpenAPIVersion.V3_1.validateContract(vertx, metaSchemas, json)));

        assertEquals("3.1.0", json.getString("openapi"));
        assertTrue(result.getValid(), () -> result.toJson().encodePrettily());
    }

    @Test
    void theErrorCodesOfFileAndCodeAreEqual() {
        JsonObject schema = CONTRACT.document()
                .getJsonObject("components")
                .getJsonObject("schemas")
                .getJsonObject("ErrorCode");
        Map<String, Integer> inCode = new TreeMap<>();
        for (ApiError error : ApiError.values()) {
            inCode.put(error.code(), error.status());
        }
        Map<String, Integer> inFile = new TreeMap<>();
        schema.getJsonObject("x-codes")
                .forEach(code -> inFile.put(code.getKey(), ((JsonObject) code.getValue()).getInteger("status")));

        assertEquals(inCode, inFile);
        assertEquals(
                new ArrayList<>(inCode.keySet()),
                schema.getJsonArray("enum").stream().sorted().toList());
    }

    @Test
    void everyRouteHasAnOperationAndViceVersa() {
        router(CONTRACT);
    }

    @Test
    void differentRoutesPreventTheStart() {
        String text = CONTRACT.text().toString();
        Contract renamed = ContractFormats.contract(text.replace("  /api/v1/user/profile:", "  /api/v1/user/me:"));

        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> router(renamed));

        assertEquals(
                "the routes and conf/openapi.yaml disagree: GET /api/v1/user/me has no route; "
                        + "GET /api/v1/user/profile is not in the file",
                refused.getMessage());
    }

    @Test
    void aBrokenReferencePreventsTheStart() {
        String text = CONTRACT.text().toString().replace("schemas/ProductId\"", "schemas/Unknown\"");

        assertThrows(IllegalStateException.class, () -> ContractFormats.contract(text));
    }

    /** The purchase path is validated twice, by the contract and by the domain; both must agree. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "k", "{x}:\"y\"", "~", "\u00e9", "a\tb", "\u007f", "a\u0000"})
    void idempotencyKeysOfFileAndDomainAgree(String text) {
        for (String key : List.of(text, text.repeat(256), "k".repeat(255) + text)) {
            assertEquals(IdempotencyKey.isValid(key), accepts(Place.HEADER, key), key);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "p1", "P1", "p-1", "p1{x}", " ", "../p", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void productIdsOfFileAndDomainAgree(String id) {
        assertEquals(ProductIds.isWellFormed(id), accepts(Place.PATH, id), id);
    }

    private static boolean accepts(Place place, String value) {
        Parameter parameter = BUY.parameters(place).get(0);
        return parameter.check(List.of(value), new ValidationErrors()).isEmpty();
    }

    @Test
    void aDollarDoesNotMatchBeforeAFinalLineBreak() {
        assertTrue(accepts(Place.PATH, "p1"));
        assertFalse(accepts(Place.PATH, "p1\n"));
    }

    @Test
    void theAuditActionsOfFileAndCodeAreEqual() {
        JsonObject schema = CONTRACT.document()
                .getJsonObject("components")
                .getJsonObject("schemas")
                .getJsonObject("AuditAction");

        assertEquals(
                Arrays.stream(AuditAction.values()).map(AuditAction::wireName).toList(),
                schema.getJsonArray("enum").getList());
    }

    private static void router(Contract contract) {
        HttpVerticle.Settings settings = new HttpVerticle.Settings(
                "127.0.0.1",
                0,
                65_536,
                8_192,
                Duration.ofSeconds(1),
                1,
                Duration.ofSeconds(1),
                true,
                List.of(),
                Optional.empty());
        Routes.router(
                vertx,
                (Routes.Dependencies) empty(Routes.Dependencies.class),
                new Routes.Shared(StaticAssets.load(), contract),
                settings,
                Clock.systemUTC());
    }

    /** Creates dependencies without any services, because only the routes matter here. */
    private static Object empty(Class<?> type) {
        if (type == byte[].class) {
            return new byte[32];
        }
        if (type.getEnclosingClass() != Routes.class
                && !List.of(AuthHandlers.class, SessionService.class, OverviewEndpoint.class)
                        .contains(type)) {
            return null;
        }
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        Object[] parts = Arrays.stream(constructor.getParameterTypes())
                .map(ContractTest::empty)
                .toArray();
        try {
            return constructor.newInstance(parts);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type.getName(), e);
        }
    }
}
