package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.RawHttp;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sends attacks over real sockets. */
class AbuseIT {
    private static final int MALFORMED_REQUESTS = 10_000;
    private static final String LOGIN = "/api/v1/auth/login";

    private static TestNode node;
    private static Client admin;
    private static String product;

    @BeforeAll
    static void start() {
        node = TestNode.builder().start();
        admin = node.admin();
        product = TestNode.product(admin, 1_000_000, 0);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void tenThousandMalformedRequestsCauseNoServerErrorAndNoLeak() {
        // given
        long seed = Long.getLong("flashsale.fuzz.seed", new Random().nextLong());
        System.out.println("fuzz seed " + seed + " (repeat with -Dflashsale.fuzz.seed=" + seed + ")");
        Random random = new Random(seed);
        Client user = node.user();

        // when
        List<String> bad =
                IntStream.range(0, MALFORMED_REQUESTS)
                        .mapToObj(i -> malformed(random, user.cookie()))
                        .toList()
                        .parallelStream()
                        .map(request -> verdict(request, RawHttp.exchangeOnce(node.port(), request)))
                        .filter(verdict -> !verdict.isEmpty())
                        .limit(5)
                        .toList();

        // then
        assertEquals(List.of(), bad);
        assertEquals(200, node.client().get("/api/v1/product/" + product).status());
        assertEquals(201, user.buy(product, "after the storm").status());
    }

    private static String verdict(String request, String answer) {
        // The HTTP stack itself rejects other protocols than HTTP/1, before our handlers run.
        boolean otherProtocol =
                answer.startsWith("HTTP/1.1 501 ") && !request.split("\r\n", 2)[0].matches("(?s).* HTTP/1\\.[01]");
        boolean serverError = RawHttp.status(answer) >= 500 && !otherProtocol;
        boolean leak = answer.contains("Exception") || answer.contains("io.flashsale") || answer.contains("\tat ");
        return serverError || leak ? request + "\n=> " + answer : "";
    }

    /** Creates a request by damaging a valid one at random. */
    private static String malformed(Random random, String cookie) {
        String[] paths = {
            LOGIN,
            "/api/v1/auth/register",
            "/api/v1/auth/verify-otp",
            "/api/v1/auth/reset-password",
            "/api/v1/user/buy/" + product,
            "/api/v1/product/create-product",
            "/api/v1/product/" + product,
            "/api/v1/user/orders",
            "/api/v1/user/orders/x",
            "/api/v1/product?limit=1&cursor=x"
        };
        String[] methods = {"POST", "GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "post", "P\u0000ST"};
        String[] bodies = {
            "{\"email\":\"a@example.com\",\"password\":\"0123456789\"}",
            "{\"code\":\"000000\"}",
            "{\"quantity\":1}",
            "{\"name\":\"x\",\"price\":1,\"currency\":\"USD\",\"stock\":1}",
            "[]",
            "{",
            "nul",
            "\u0000",
            "{\"a\":{\"b\":[{}]}}"
        };
        StringBuilder body = new StringBuilder(bodies[random.nextInt(bodies.length)]);
        for (int i = random.nextInt(4); i > 0 && body.length() > 0; i--) {
            mutate(random, body);
        }
        StringBuilder head = new StringBuilder(methods[random.nextInt(methods.length)])
                .append(' ')
                .append(paths[random.nextInt(paths.length)])
                .append(" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n")
                .append("Cookie: sessionId=")
                .append(random.nextBoolean() ? cookie : "p" + random.nextInt())
                .append("\r\nIdempotency-Key: ")
                .append(random.nextInt(10))
                .append("\r\nContent-Length: ")
                .append(body.length());
        for (int i = random.nextInt(3); i > 0; i--) {
            mutate(random, head);
        }
        return head.append("\r\n\r\n").append(body).toString();
    }

    private static void mutate(Random random, StringBuilder text) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
            case 0 -> text.setCharAt(at, (char) random.nextInt(256));
            case 1 -> text.deleteCharAt(at);
            case 2 -> text.insert(at, (char) random.nextInt(256));
            default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(20))));
        }
        if (text.length() == 0) {
            text.append('x');
        }
    }

    @Test
    void anUnknownAddressTakesAsLongAsAWrongPassword() {
        // given: a cost at which bcrypt dominates the response time
        try (TestNode slow =
                TestNode.builder().with("FLASHSALE_GATE_BCRYPT_COST", "10").start()) {
            String email = Client.freshEmail();
            JsonObject known = new JsonObject().put("email", email).put("password", "not the password");
            slow.client().post("/api/v1/auth/register", known.copy().put("password", Client.PASSWORD));
            long[] wrong = new long[25];
            long[] unknown = new long[25];

            // when: alternating, so that other load on the machine affects both equally
            for (int i = -5; i < wrong.length; i++) {
                long one = nanos(slow, known);
                long other = nanos(slow, known.copy().put("email", Client.freshEmail()));
                if (i >= 0) {
                    wrong[i] = one;
                    unknown[i] = other;
                }
            }

            // then: the interquartile ranges overlap
            Arrays.sort(wrong);
            Arrays.sort(unknown);
            System.out.printf(
                    "login, median of %d: wrong password %.1f ms, unknown address %.1f ms%n",
                    wrong.length, wrong[12] / 1e6, unknown[12] / 1e6);
            assertTrue(wrong[6] <= unknown[18] && unknown[6] <= wrong[18], "the distributions do not overlap");
        }
    }

    private static long nanos(TestNode on, JsonObject credentials) {
        long begun = System.nanoTime();
        assertEquals("wrong-credentials", on.client().post(LOGIN, credentials).code());
        return System.nanoTime() - begun;
    }

    @Test
    void aFloodOfLoginsIsShedAndPurchasesContinue() {
        // given
        try (TestNode small = TestNode.builder()
                .with("FLASHSALE_GATE_BCRYPT_COST", "12")
                .with("FLASHSALE_GATE_PASSWORD_WORKERS", "1")
                .with("FLASHSALE_GATE_PASSWORD_QUEUE", "3")
                .start()) {
            Client buyer = small.user();
            String thing = TestNode.product(small.admin(), 100, 0);
            JsonObject guess =
                    new JsonObject().put("email", Client.freshEmail()).put("password", "0123456789");
            long quiet = medianMillisOfBuying(buyer, thing, "quiet");

            // when
            List<CompletableFuture<Answer>> flood = IntStream.range(0, 40)
                    .mapToObj(i ->
                            CompletableFuture.supplyAsync(() -> small.client().post(LOGIN, guess)))
                    .toList();
            long flooded = medianMillisOfBuying(buyer, thing, "flooded");
            System.out.printf("purchase, median: quiet %d ms, under a flood of logins %d ms%n", quiet, flooded);
            List<String> codes = flood.stream().map(call -> call.join().code()).toList();

            // then
            assertTrue(codes.contains("overloaded"), codes::toString);
            assertTrue(codes.contains("wrong-credentials"), codes::toString);
        }
    }

    private static long medianMillisOfBuying(Client buyer, String thing, String key) {
        long[] nanos = new long[20];
        for (int i = 0; i < nanos.length; i++) {
            long begun = System.nanoTime();
            assertEquals(201, buyer.buy(thing, key + i).status());
            nanos[i] = System.nanoTime() - begun;
        }
        Arrays.sort(nanos);
        return nanos[nanos.length / 2] / 1_000_000;
    }

    @Test
    void concurrentGuessesOfACodeAreLimitedToFive() {
        // given
        String email = Client.freshEmail();
        Client ada = node.client();
        JsonObject credentials = new JsonObject().put("email", email).put("password", Client.PASSWORD);
        ada.post("/api/v1/auth/register", credentials);
        ada.post(LOGIN, credentials);
        String code = ada.codeSentTo(email);
        String wrong = code.equals("123456") ? "123457" : "123456";

        // when
        List<CompletableFuture<Answer>> guesses = IntStream.range(0, 50)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> ada.withCookie(ada.cookie())
                        .post("/api/v1/auth/verify-otp", new JsonObject().put("code", wrong))))
                .toList();
        guesses.forEach(guess -> assertEquals("otp-invalid", guess.join().code()));

        // then
        assertEquals(
                "otp-invalid",
                ada.post("/api/v1/auth/verify-otp", new JsonObject().put("code", code))
                        .code());
    }

    @Test
    void sessionFixationIsPrevented() {
        // given: the attacker plants the cookie of their own login
        String email = Client.freshEmail();
        Client victim = node.client();
        JsonObject credentials = new JsonObject().put("email", email).put("password", Client.PASSWORD);
        victim.post("/api/v1/auth/register", credentials);
        victim.post(LOGIN, credentials);
        String planted = victim.cookie();

        // when
        victim.post("/api/v1/auth/verify-otp", new JsonObject().put("code", victim.codeSentTo(email)));

        // then
        assertFalse(planted.equals(victim.cookie()));
        assertEquals(
                "not-authenticated",
                node.client().withCookie(planted).get("/api/v1/user/profile").code());
        assertEquals(200, victim.get("/api/v1/user/profile").status());
    }

    @Test
    void massAssignmentIsRejected() {
        // given
        Client user = node.user();

        // then: each unknown field is rejected
        for (String field : List.of("role", "verified", "userId", "units", "price", "unitPrice", "total")) {
            assertEquals(
                    "malformed-request",
                    user.post(
                                    "/api/v1/user/buy/" + product,
                                    new JsonObject().put(field, 1),
                                    "Idempotency-Key",
                                    "mass-" + field)
                            .code());
        }
        for (String field : List.of("highest", "epoch", "deleted", "remainingUnits", "_id")) {
            assertEquals(
                    "malformed-request",
                    admin.put("/api/v1/product/update-product/" + product, new JsonObject().put(field, 1))
                            .code());
        }
    }
}
