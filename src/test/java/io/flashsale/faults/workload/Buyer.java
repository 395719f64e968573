package io.flashsale.faults.workload;

import io.flashsale.faults.checker.Call;
import io.flashsale.faults.checker.History;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sends requests of one signed-in user to any node, and records the result of each call. */
public final class Buyer {
    private static final Duration TIMEOUT = Duration.ofSeconds(6);
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final String userId;
    private final List<Client> nodes;

    /**
     * Creates a buyer.
     *
     * @param nodes a client with the same session for each node
     */
    Buyer(String userId, List<Client> nodes) {
        this.userId = userId;
        this.nodes = nodes;
    }

    /** Registers a new user, at the node whose development mailbox is readable. */
    public static Buyer signUp(int port, int managementPort, List<Integer> ports) {
        Client client = Client.signedIn(port, managementPort);
        return of(client, ports);
    }

    public static Buyer of(Client client, List<Integer> ports) {
        String userId = client.get("/api/v1/user/profile").json().getString("userId");
        return new Buyer(
                userId,
                ports.stream()
                        .map(each -> new Client(each, 0).withCookie(client.cookie()))
                        .toList());
    }

    public String userId() {
        return userId;
    }

    public Call buy(History history, int node, String productId, String key, int quantity) {
        return call(
                history,
                Call.asked(Call.Kind.BUY, userId, node, productId, key, quantity, history.now()),
                "POST",
                "/api/v1/user/buy/" + productId,
                new JsonObject().put("quantity", quantity),
                "Idempotency-Key",
                key);
    }

    public Call cancel(History history, int node, String productId, String orderId) {
        return call(
                history,
                Call.asked(Call.Kind.CANCEL, userId, node, productId, orderId, 0, history.now()),
                "POST",
                "/api/v1/user/orders/" + orderId + "/cancel",
                null);
    }

    Call read(History history, int node, String productId, String orderId) {
        return call(
                history,
                Call.asked(Call.Kind.READ, userId, node, productId, orderId, 0, history.now()),
                "GET",
                "/api/v1/user/orders/" + orderId,
                null);
    }

    Call edit(History history, int node, String productId, int stock) {
        return call(
                history,
                Call.asked(Call.Kind.EDIT, userId, node, productId, "stock", stock, history.now()),
                "PUT",
                "/api/v1/products/update-product/" + productId,
                new JsonObject().put("stock", stock));
    }

    private Call call(History history, Call asked, String method, String path, JsonObject body, String... headers) {
        Call ended;
        try {
            var request = nodes.get(asked.node()).request(path, headers).timeout(TIMEOUT);
            if (body != null) {
                request.header("Content-Type", "application/json");
            }
            HttpResponse<String> response = HTTP.send(
                    request.method(
                                    method,
                                    body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode()))
                            .build(),
                    BodyHandlers.ofString());
            ended = Call.of(asked, history.now(), answer(response));
        } catch (IOException e) {
            ended = Call.lost(asked, history.now(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended = Call.lost(asked, history.now(), "interrupted");
        }
        history.add(ended);
        return ended;
    }

    private static Answer answer(HttpResponse<String> response) {
        Map<String, String> headers = new HashMap<>();
        response.headers().map().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        return new Answer(response.statusCode(), headers, response.body());
    }
}
