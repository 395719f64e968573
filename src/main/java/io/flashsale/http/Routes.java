package io.flashsale.http;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.flashsale.apidocs.ApiDocs;
import io.flashsale.auth.AccountService;
import io.flashsale.auth.AuthHandlers;
import io.flashsale.catalog.Catalog;
import io.flashsale.catalog.ProductEditor;
import io.flashsale.http.endpoint.AdminAudit;
import io.flashsale.http.endpoint.AdminOrderEndpoints;
import io.flashsale.http.endpoint.AuditEndpoints;
import io.flashsale.http.endpoint.AuthEndpoints;
import io.flashsale.http.endpoint.DeadLetterEndpoints;
import io.flashsale.http.endpoint.LiveEndpoints;
import io.flashsale.http.endpoint.OrderEndpoints;
import io.flashsale.http.endpoint.OverviewEndpoint;
import io.flashsale.http.endpoint.ProductEndpoints;
import io.flashsale.http.endpoint.PurchaseEndpoint;
import io.flashsale.http.pages.DocumentEndpoints;
import io.flashsale.http.pages.PageEndpoints;
import io.flashsale.http.pages.StaticAssets;
import io.flashsale.live.LiveTransports;
import io.flashsale.live.SubscriptionHub;
import io.flashsale.openapi.Contract;
import io.flashsale.orders.DeadLetterService;
import io.flashsale.orders.OrderService;
import io.flashsale.persistence.audit.AuditClient;
import io.flashsale.persistence.audit.AuditStore;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.purchase.PurchaseClient;
import io.flashsale.purchase.ReservedOrders;
import io.flashsale.ratelimit.Action;
import io.flashsale.redis.RedisGateway;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.List;

/** Every route with its chain, a line each. What all of them share is in {@link RouteTable}. */
public final class Routes {
    private final RouteTable table;
    private final AuthHandlers gate;

    /**
     * What the routes open the doors of; all of the same event loop.
     *
     * @param link to Redis, which they share and which ends with them
     */
    public record Rooms(
            AuthHandlers gate,
            AccountService accounts,
            Catalog catalog,
            ProductEditor editor,
            PurchaseClient purchases,
            OrderService orders,
            DeadLetterService deadLetters,
            SubscriptionHub live,
            Administration administration,
            RedisGateway link) {}

    /** What only admins enter. */
    public record Administration(
            OrderStore orders, ReservedOrders reserved, AuditStore audit, AuditClient log, OverviewEndpoint overview) {}

    /** What the routes of all event loops share. */
    public record Shared(StaticAssets face, Contract contract, ApiDocs docs) {
        /** Makes the documentation of the contract. */
        public Shared(StaticAssets face, Contract contract) {
            this(face, contract, new ApiDocs(contract));
        }
    }

    private Routes(RouteTable table, AuthHandlers gate) {
        this.table = table;
        this.gate = gate;
    }

    /** A router for one event loop. */
    static Router router(Vertx vertx, Rooms rooms, Shared shared, HttpVerticle.Settings settings, Clock clock) {
        RouteTable table = new RouteTable(vertx, settings, clock, shared.contract());
        Routes routes = new Routes(table, rooms.gate());
        routes.accounts(new AuthEndpoints(rooms.accounts(), rooms.gate(), settings.secureCookies(), clock));
        routes.sale(new PurchaseEndpoint(rooms.purchases()), new OrderEndpoints(rooms.orders()));
        AdminAudit audit = new AdminAudit(rooms.administration().log(), clock);
        routes.catalog(new ProductEndpoints(rooms.catalog(), rooms.editor(), audit, clock));
        routes.live(new LiveEndpoints(new LiveTransports(rooms.live()), settings.corsOrigins()));
        routes.admin(new DeadLetterEndpoints(rooms.deadLetters(), audit));
        routes.admin(rooms.administration());
        routes.face(new PageEndpoints(shared.face()));
        routes.documents(new DocumentEndpoints(shared.docs()));
        return table.router();
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

    private void live(LiveEndpoints live) {
        open(GET, "/api/v1/product/:id/events", Action.READ, live::events);
        open(GET, "/api/v1/live", Action.READ, live::socket);
    }

    private void admin(DeadLetterEndpoints letters) {
        admin(GET, "/api/v1/admin/dead-letters", letters::list);
        admin(POST, "/api/v1/admin/dead-letters/:id/retry", letters::retry);
        admin(POST, "/api/v1/admin/dead-letters/:id/discard", letters::discard);
    }

    private void admin(Administration rooms) {
        onlooker("/api/v1/admin/orders", new AdminOrderEndpoints(rooms.orders(), rooms.reserved())::list);
        onlooker("/api/v1/admin/audit", new AuditEndpoints(rooms.audit())::list);
        onlooker("/api/v1/admin/overview", rooms.overview()::read);
    }

    private void face(PageEndpoints face) {
        free("/", face.page("index.html"));
        free("/admin", face.page("admin.html"));
        free("/assets/*", face::asset);
    }

    private void documents(DocumentEndpoints documents) {
        free("/openapi.yaml", documents::contract);
        free("/docs", documents::page);
    }

    /** For everybody, uncounted: these are answered out of memory, and a reload storm must not cost a store anything. */
    private void free(String path, Handler<RoutingContext> endpoint) {
        table.add(GET, path, RoutingContext::next, List.of(endpoint));
    }

    /** For everybody. */
    private void open(HttpMethod method, String path, Action action, Handler<RoutingContext> endpoint) {
        table.add(method, path, gate.limited(action), List.of(endpoint));
    }

    /** With a session, also one that waits for its code. */
    private void session(HttpMethod method, String path, Action action, Handler<RoutingContext> endpoint) {
        table.add(method, path, gate.withSession(action), List.of(endpoint));
    }

    /** With a session whose code was entered. */
    private void verified(HttpMethod method, String path, Action action, Handler<RoutingContext> endpoint) {
        table.add(method, path, gate.withSession(action), List.of(gate.verified(), endpoint));
    }

    /** The same with one step more. */
    private void verified(
            HttpMethod method,
            String path,
            Action action,
            Handler<RoutingContext> step,
            Handler<RoutingContext> endpoint) {
        table.add(method, path, gate.withSession(action), List.of(gate.verified(), step, endpoint));
    }

    /** For admins who look on, also while Redis is away. */
    private void onlooker(String path, Handler<RoutingContext> endpoint) {
        table.add(GET, path, gate.withSessionAnywhere(Action.READ), List.of(gate.verified(), gate.admin(), endpoint));
    }

    /** For admins. */
    private void admin(HttpMethod method, String path, Handler<RoutingContext> endpoint) {
        verified(method, path, Action.READ, gate.admin(), endpoint);
    }
}
