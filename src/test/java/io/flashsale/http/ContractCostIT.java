package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.ProductIds;
import io.flashsale.http.message.RequestJson;
import io.flashsale.http.middleware.ContractFormats;
import io.flashsale.openapi.Contract;
import io.flashsale.openapi.Operation;
import io.flashsale.openapi.Parameter;
import io.flashsale.openapi.Parameter.Place;
import io.flashsale.openapi.ValidationErrors;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.RequestValidator;
import io.vertx.openapi.validation.ValidatableRequest;
import io.vertx.openapi.validation.impl.RequestParameterImpl;
import io.vertx.openapi.validation.impl.ValidatableRequestImpl;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures and prints the cost of validating a purchase; asserts only that validation succeeded. Run it with {@code mvn
 * -B -ntp verify -Pmeasure}.
 */
@Tag("measure")
class ContractCostIT {
    private static final int RUNS = 7;
    private static final String KEY = "6f0f2b5e-7e0b-4a44-9c83-0a4f1f1c9d11";
    private static final String PRODUCT = "hdqriebbbxq7hheb";
    private static final Buffer BODY = Buffer.buffer("{\"quantity\":2}");

    private static Vertx vertx;
    private static Contract contract;
    private static List<Parameter> header;
    private static List<Parameter> path;
    private static Operation buy;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        long begin = System.nanoTime();
        contract = ContractFormats.contract();
        System.out.printf(Locale.ROOT, "first load of the contract: %d ms%n", millisSince(begin));
        buy = contract.operation(HttpMethod.POST, "/api/v1/user/buy/:productId").orElseThrow();
        header = buy.parameters(Place.HEADER);
        path = buy.parameters(Place.PATH);
    }

    @AfterAll
    static void stop() {
        TestServer.await(vertx.close());
    }

    private static long millisSince(long begin) {
        return (System.nanoTime() - begin) / 1_000_000;
    }

    /** Measures the processor time of the process, so that other load on the machine does not count. */
    private static void print(String what, int requests, Supplier<Boolean> request) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long[] nanos = new long[RUNS];
        for (int run = 0; run < RUNS; run++) {
            long begin = system.getProcessCpuTime();
            int right = 0;
            for (int i = 0; i < requests; i++) {
                right += request.get() ? 1 : 0;
            }
            nanos[run] = (system.getProcessCpuTime() - begin) / requests;
            assertEquals(requests, right);
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%s: median %,d ns of processor time of %d runs, fastest %,d ns%n",
                what,
                nanos[RUNS / 2],
                RUNS,
                nanos[0]);
    }

    private static boolean byHand(Buffer body) {
        RequestJson json = RequestJson.of(body);
        Long quantity = json.integer("quantity");
        json.check();
        return IdempotencyKey.isValid(KEY)
                && ProductIds.isWellFormed(PRODUCT)
                && (quantity == null || (quantity >= 1 && quantity <= 10));
    }

    private static boolean byContract(RequestJson json) {
        ValidationErrors errors = new ValidationErrors();
        boolean refused = header.get(0).check(List.of(KEY), errors).isPresent()
                || path.get(0).check(List.of(PRODUCT), errors).isPresent();
        buy.body().check(json.values(), errors);
        return !refused && errors.count() == 0;
    }

    @Test
    void aPurchase() {
        Buffer none = Buffer.buffer();
        print("a purchase without a body, parsed by hand", 200_000, () -> byHand(none));
        print(
                "a purchase without a body, also validated against the contract",
                200_000,
                () -> byHand(none) && byContract(RequestJson.of(none)));
        print("a purchase of two, parsed by hand", 200_000, () -> byHand(BODY));
        RequestJson parsed = RequestJson.of(BODY);
        print(
                "a purchase of two, also validated against the contract",
                200_000,
                () -> byHand(BODY) && byContract(parsed));
    }

    /** Removes the responses: vertx-openapi cannot load a contract with application/problem+json. */
    private static JsonObject withoutResponses() {
        JsonObject file = contract.document().copy();
        JsonObject done = new JsonObject().put("200", new JsonObject().put("description", "done"));
        for (Operation operation : contract.operations()) {
            file.getJsonObject("paths")
                    .getJsonObject(operation.template())
                    .getJsonObject(operation.method().name().toLowerCase(Locale.ROOT))
                    .put("responses", done.copy());
        }
        file.remove("components");
        return file;
    }

    /** Measures vertx-openapi, which the server does not use; decision 5 explains why. */
    @Test
    void aPurchaseByVertxOpenApi() {
        long begin = System.nanoTime();
        OpenAPIContract openApi = TestServer.await(OpenAPIContract.from(vertx, withoutResponses()));
        System.out.printf(Locale.ROOT, "first load of the contract by vertx-openapi: %d ms%n", millisSince(begin));
        RequestValidator validator = RequestValidator.create(vertx, openApi);
        Map<String, RequestParameter> none = Map.of();
        ValidatableRequest request = new ValidatableRequestImpl(
                none,
                Map.of("Idempotency-Key", new RequestParameterImpl(KEY)),
                Map.of("productId", new RequestParameterImpl(PRODUCT)),
                none,
                new RequestParameterImpl(BODY),
                "application/json");
        assertTrue(TestServer.await(validator.validate(request, "buy")) != null);
        print(
                "a purchase of two, validated by vertx-openapi",
                1_000,
                () -> TestServer.await(validator.validate(request, "buy")) != null);
    }
}
