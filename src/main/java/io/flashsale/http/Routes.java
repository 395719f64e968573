package io.flashsale.http;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.flashsale.catalog.Catalog;
import io.flashsale.catalog.ProductEditor;
import io.flashsale.gate.Accounts;
import io.flashsale.gate.Action;
import io.flashsale.gate.Gate;
import io.flashsale.purchase.Orders;
import io.flashsale.purchase.PurchaseClient;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.CorsHandler;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Every route with its whole chain, a line each. */
public final class Routes {
    private final Router router;
    private final Gate gate;
    private final JsonOnly json = new JsonOnly();
    private final BodyHandler body;
    private final Map<String, Set<String>> methodsByPath = new LinkedHashMap<>();

    /** What the routes open the doors of; all of the same event loop. */
    public record Rooms(
            Gate gate,
            Accounts accounts,
            Catalog catalog,
            ProductEditor editor,
            PurchaseClient purchases,
            Orders orders) {}

    private Routes(Vertx vertx, Gate gate, HttpVerticle.Settings settings, Clock clock) {
        this.router = Router.router(vertx);
        this.gate = gate;
        this.body = BodyHandler.create(false).setBodyLimit(settings.maxBodyBytes());
        router.route()
                .handler(new RequestIds())
                .handler(new OneMessage())
                .handler(new AccessLog(clock))
                .handler(new SecurityHeaders(settings.tls().isPresent()))
                .failureHandler(new FailureHandler());
        if (!settings.corsOrigins().isEmpty()) {
            router.route().handler(cors(settings.corsOrigins()));
        }
    }

    /** A router for one event loop. */
    public static Router router(Vertx vertx, Rooms rooms, HttpVerticle.Settings settings, Clock clock) {
        Routes routes = new Routes(vertx, rooms.gate(), settings, clock);
        routes.accounts(new AuthEndpoints(rooms.accounts(), rooms.gate(), settings.secureCookies(), clock));
        routes.sale(new PurchaseEndpoint(rooms.purchases()), new OrderEndpoints(rooms.orders()));
        routes.catalog(new ProductEndpoints(rooms.catalog(), rooms.editor(), clock));
        routes.refuseOtherMethods();
        routes.router.route().handler(ctx -> ctx.fail(404));
        return routes.router;
    }

    private void accounts(AuthEndpoints auth) {
        open(POST, "/api/v1/auth/register", Action.REGISTER, auth::register);
        open(POST, "/api/v1/auth/login", Action.LOGIN, auth::login);
        open(POST, "/api/v1/auth/forgot-password", Action.OTP, auth::forgotPassword);
        open(POST, "/api/v1/auth/reset-password", Action.LOGIN, auth::resetPassword);
        session(POST, "/api/v1/auth/otp", Action.OTP, auth::sendCode);
        session(POST, "/api/v1/auth/verify-otp", Action.OTP, auth::verify);
        session(POST, "/api/v1/auth/logout", Action.READ, auth::logout);
        session(POST, "/api/v1/auth/logout-all", Action.READ, auth::logoutAll);
        verified(POST, "/api/v1/auth/password", Action.LOGIN, auth::changePassword);
        verified(GET, "/api/v1/user/profile", Action.READ, auth::profile);
        verified(POST, "/api/v1/user/porfile", Action.READ, auth::profile);
    }

    private void sale(PurchaseEndpoint purchase, OrderEndpoints orders) {
        verified(
                POST, "/api/v1/user/buy/:productId", Action.PURCHASE, gate.userLimited(Action.PURCHASE), purchase::buy);
        verified(GET, "/api/v1/user/orders", Action.READ, orders::list);
        verified(GET, "/api/v1/user/orders/:id", Action.READ, orders::read);
        verified(POST, "/api/v1/user/orders/:id/cancel", Action.READ, orders::cancel);
    }

    private void catalog(ProductEndpoints products) {
        open(GET, "/api/v1/product", Action.READ, products::list);
        verified(GET, "/api/v1/user/products", Action.READ, products::listForUser);
        admin(POST, "/api/v1/product/create-product", products::create);
        admin(PUT, "/api/v1/products/update-product/:id", products::update);
        admin(PUT, "/api/v1/product/update-product/:id", products::update);
        admin(DELETE, "/api/v1/product/delete-product/:id", products::delete);
        open(GET, "/api/v1/product/:id", Action.READ, products::read);
    }

    /** For everybody. */
    private void open(HttpMethod method, String path, Action action, Handler<RoutingContext> endpoint) {
        chain(method, path, gate.limited(action), List.of(endpoint));
    }

    /** With a session, also one that waits for its code. */
    private void session(HttpMethod method, String path, Action action, Handler<RoutingContext> endpoint) {
        chain(method, path, gate.withSession(action), List.of(endpoint));
    }

    /** With a session whose code was entered. */
    private void verified(HttpMethod method, String path, Action action, Handler<RoutingContext> endpoint) {
        chain(method, path, gate.withSession(action), List.of(gate.verified(), endpoint));
    }

    /** The same with one step more. */
    private void verified(
            HttpMethod method,
            String path,
            Action action,
            Handler<RoutingContext> step,
            Handler<RoutingContext> endpoint) {
        chain(method, path, gate.withSession(action), List.of(gate.verified(), step, endpoint));
    }

    /** For admins. */
    private void admin(HttpMethod method, String path, Handler<RoutingContext> endpoint) {
        verified(method, path, Action.READ, gate.admin(), endpoint);
    }

    private void chain(
            HttpMethod method, String path, SecurityPolicyHandler door, List<Handler<RoutingContext>> handlers) {
        Route route = router.route(method, path);
        methodsByPath.computeIfAbsent(path, p -> new TreeSet<>()).add(method.name());
        if (method.equals(GET)) {
            route.method(HEAD);
            methodsByPath.get(path).add(HEAD.name());
            route.handler(door);
        } else {
            route.handler(door).handler(json).handler(body);
        }
        handlers.forEach(route::handler);
    }

    private void refuseOtherMethods() {
        methodsByPath.forEach((path, methods) -> router.route(path).handler(ctx -> {
            ctx.response().putHeader("Allow", String.join(", ", methods));
            ctx.fail(405);
        }));
    }

    private static CorsHandler cors(List<String> origins) {
        return CorsHandler.create()
                .addOrigins(origins)
                .allowCredentials(true)
                .allowedMethods(Set.of(GET, POST, PUT, DELETE))
                .allowedHeaders(Set.of("Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id"))
                .exposedHeaders(Set.of(
                        "ETag",
                        "Idempotency-Replayed",
                        "Location",
                        "RateLimit",
                        "RateLimit-Policy",
                        "Retry-After",
                        "X-Cache",
                        "X-Request-Id"));
    }
}
