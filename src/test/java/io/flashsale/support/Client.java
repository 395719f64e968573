package io.flashsale.support;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Sends requests over a real socket, and keeps its session cookie as a browser does. */
public final class Client {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Password of every test account. */
    public static final String PASSWORD = "correct horse battery";

    private final int port;
    private final int managementPort;
    private String cookie;

    /** Holds a response with its whole body. */
    public record Answer(int status, Map<String, String> headers, String body) {
        /** Parses the body as a JSON object. */
        public JsonObject json() {
            return new JsonObject(body);
        }

        /** Returns the problem code, or null. */
        public String code() {
            return body.startsWith("{") ? json().getString("code") : null;
        }

        /** Returns a header by its lower-case name, or null. */
        public String header(String name) {
            return headers.get(name);
        }
    }

    /** Creates a client without a session. */
    public Client(int port, int managementPort) {
        this.port = port;
        this.managementPort = managementPort;
    }

    /** Registers a new user, and signs in with password and code. */
    public static Client signedIn(int port, int managementPort) {
        Client client = new Client(port, managementPort);
        String email = freshEmail();
        client.post(
                "/api/v1/auth/register", new JsonObject().put("email", email).put("password", PASSWORD));
        client.signIn(email, PASSWORD);
        return client;
    }

    /** Returns an e-mail address that no other test uses. */
    public static String freshEmail() {
        return "user-" + UUID.randomUUID() + "@example.com";
    }

    /** Signs in with password and one-time code. */
    public void signIn(String email, String password) {
        Answer login =
                post("/api/v1/auth/login", new JsonObject().put("email", email).put("password", password));
        if (login.status() != 200) {
            throw new AssertionError("sign-in failed: " + login);
        }
        Answer verified = post("/api/v1/auth/verify-otp", new JsonObject().put("code", codeSentTo(email)));
        if (verified.status() != 200) {
            throw new AssertionError("code was rejected: " + verified);
        }
    }

    /** Returns the newest code that was mailed to the address. */
    public String codeSentTo(String email) {
        Answer mails = send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/dev/mailbox?to=" + email))
                        .GET());
        return new JsonArray(mails.body()).getJsonObject(0).getString("code");
    }

    /** Sends a GET request. */
    public Answer get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    /** Sends a POST request without a body. */
    public Answer post(String path, String... headers) {
        return send(request(path, headers).POST(BodyPublishers.noBody()));
    }

    /** Sends a POST request with a JSON object. */
    public Answer post(String path, JsonObject body, String... headers) {
        return postText(path, body.encode(), headers);
    }

    /** Sends a POST request with this string as JSON. */
    public Answer postText(String path, String body, String... headers) {
        return send(request(path, headers)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    /** Sends a PUT request with a JSON object. */
    public Answer put(String path, JsonObject body, String... headers) {
        return send(request(path, headers)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body.encode())));
    }

    /** Sends a DELETE request. */
    public Answer delete(String path) {
        return send(request(path).DELETE());
    }

    /** Buys one unit. */
    public Answer buy(String productId, String key) {
        return post("/api/v1/user/buy/" + productId, "Idempotency-Key", key);
    }

    /** Buys several units. */
    public Answer buy(String productId, String key, int quantity) {
        return post(
                "/api/v1/user/buy/" + productId, new JsonObject().put("quantity", quantity), "Idempotency-Key", key);
    }

    /** Buys, and retries while the sale is closed: a buyer then gets a 503 with Retry-After. */
    public Answer buyWithRetries(String productId, String key) throws InterruptedException {
        Answer answer = buy(productId, key);
        for (int i = 0; i < 400 && answer.status() == 503; i++) {
            assertTrue(List.of("unavailable", "overloaded").contains(answer.code()), answer.body());
            assertTrue(Integer.parseInt(answer.header("retry-after")) >= 1);
            Thread.sleep(50);
            answer = buy(productId, key);
        }
        return answer;
    }

    /** Buys without waiting for the response. */
    public CompletableFuture<Answer> buyLater(String productId, String key) {
        HttpRequest request = request("/api/v1/user/buy/" + productId, "Idempotency-Key", key)
                .POST(BodyPublishers.noBody())
                .build();
        return HTTP.sendAsync(request, BodyHandlers.ofString()).thenApply(this::answer);
    }

    /** Builds a request with these headers and the session cookie. */
    public HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(TIMEOUT);
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (cookie != null) {
            request.header("Cookie", "sessionId=" + cookie);
        }
        return request;
    }

    /** Sends a request, and stores the cookie that comes back. */
    public Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            Optional<String> set = response.headers().firstValue("Set-Cookie");
            set.ifPresent(header -> cookie = header.substring("sessionId=".length(), header.indexOf(';')));
            return answer(response);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Reads a response, and checks that the contract allows it. */
    private Answer answer(HttpResponse<String> response) {
        Map<String, String> headers = new HashMap<>();
        response.headers().map().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        Answer answer = new Answer(response.statusCode(), headers, response.body());
        int asked = response.request().uri().getPort();
        if (asked == port && asked != managementPort) {
            AnswerCheck.check(
                    response.request().method(), response.request().uri().getPath(), answer);
        }
        return answer;
    }

    /** Returns the session cookie, or null. */
    public String cookie() {
        return cookie;
    }

    /** Returns a client with another session cookie. */
    public Client withCookie(String value) {
        Client other = new Client(port, managementPort);
        other.cookie = value;
        return other;
    }
}
