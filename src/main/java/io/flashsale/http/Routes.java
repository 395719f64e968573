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

/** Lists every route with its chain of handlers. {@link RouteTable} adds the handlers that all routes share. */
public final class Routes {
    private final RouteTable table;
    private final AuthHandlers authHandlers;

    /**
     * Holds the services behind the routes; all belong to the same event loop.
     *
     * @param link the shared connection to Redis, which is closed together with the routes
     */
    public record Dependencies(
            AuthHandlers authHandlers,
            AccountService accounts,
            Catalog catalog,
            ProductEditor editor,
            PurchaseClient purchases,
            OrderService orders,
            DeadLetterService deadLetters,
            SubscriptionHub live,
            Administration administration,
            RedisGateway link) {}

    /** Holds the services of the admin routes. */
    public record Administration(
            OrderStore orders, ReservedOrders reserved, AuditStore audit, AuditClient log, OverviewEndpoint overview) {}

    /** Holds what the routes of all event loops share. */
    public record Shared(StaticAssets assets, Contract contract, ApiDocs docs) {
        /** Creates the documentation from the contract. */
        public Shared(StaticAssets assets, Contract contract) {
            this(assets, contract, new ApiDocs(contract));
        }
    }

    private Routes(RouteTable table, AuthHandlers authHandlers) {
        this.table = table;
        this.authHandlers = authHandlers;
    }

    /** Creates the router of one event loop. */
    static Router router(
            Vertx vertx, Dependencies dependencies, Shared shared, HttpVerticle.Settings settings, Clock clock) {
        RouteTable table = new RouteTable(vertx, settings, clock, shared.contract());
        Routes routes = new Routes(table, dependencies.authHandlers());
        routes.accounts(new AuthEndpoints(
                dependencies.accounts(), dependencies.authHandlers(), settings.secureCookies(), clock));
        routes.sale(new PurchaseEndpoint(dependencies.purchases()), new OrderEndpoints(dependencies.orders()));
        AdminAudit audit = new AdminAudit(dependencies.administration().log(), clock);
        routes.catalog(new ProductEndpoints(dependencies.catalog(), dependencies.editor(), audit, clock));
        routes.live(new LiveEndpoints(new LiveTransports(dependencies.live()), settings.corsOrigins()));
        routes.admin(new DeadLetterEndpoints(dependencies.deadLetters(), audit));
        routes.admin(dependencies.administration());
        routes.assets(new PageEndpoints(shared.assets()));
        routes.documents(new DocumentEndpoints(shared.docs()));
        return table.router();
    }

    private void accounts(AuthEndpoints auth) {
        anonymous(POST, "/api/v1/auth/register", Action.REGISTER, auth::register);
        anonymous(POST, "/api/v1/auth/login", Action.LOGIN, auth::login);
        anonymous(POST, "/api/v1/auth/forgot-password", Action.OTP, auth::forgotPassword);
        anonymous(POST, "/api/v1/auth/reset-password", Action.LOGIN, auth::resetPassword);
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
                POST,
                "/api/v1/user/buy/:productId",
                Action.PURCHASE,
                authHandlers.userLimited(Action.PURCHASE),
                purchase::buy);
        verified(GET, "/api/v1/user/orders", Action.READ, orders::list);
        verified(GET, "/api/v1/user/orders/:id", Action.READ, orders::read);
        verified(POST, "/api/v1/user/orders/:id/cancel", Action.READ, orders::cancel);
    }

    private void catalog(ProductEndpoints products) {
        anonymous(GET, "/api/v1/product", Action.READ, products::list);
        verified(GET, "/api/v1/user/products", Action.READ, products::listForUser);
        admin(POST, "/api/v1/product/create-product", products::create);
        admin(PUT, "/api/v1/products/update-product/:id", products::update);
        admin(PUT, "/api/v1/product/update-product/:id", products::update);
        admin(DELETE, "/api/v1/product/delete-product/:id", products::delete);
        anonymous(GET, "/api/v1/product/:id", Action.READ, products::read);
    }

    private void live(LiveEndpoints live) {
        anonymous(GET, "/api/v1/product/:id/events", Action.READ, live::events);
        anonymous(GET, "/api/v1/live", Action.READ, live::socket);
    }

    private void admin(DeadLetterEndpoints deadLetters) {
        admin(GET, "/api/v1/admin/dead-letters", deadLetters::list);
        admin(POST, "/api/v1/admin/dead-letters/:id/retry", deadLetters::retry);
        admin(POST, "/api/v1/admin/dead-letters/:id/discard", deadLetters::discard);
    }

    private void admin(Administration dependencies) {
        adminReadOnly(
                "/api/v1/admin/orders", new AdminOrderEndpoints(dependencies.orders(), dependencies.reserved())::list);
        adminReadOnly("/api/v1/admin/audit", new AuditEndpoints(dependencies.audit())::list);
        adminReadOnly("/api/v1/admin/overview", dependencies.overview()::read);
    }

    private void assets(PageEndpoints assets) {
        unmetered("/", assets.page("index.html"));
        unmetered("/admin", assets.page("admin.html"));
        unmetered("/assets/*", assets::asset);
    }

    private void documents(DocumentEndpoints documents) {
        unmetered("/openapi.yaml", documents::contract);
        unmetered("/docs", documents::page);
    }

    /**
     * Adds a public route without a rate limit: it is served from memory, so bursts of reloads cost no store access.
     */
    private void unmetered(String path, Handler<RoutingContext> endpoint) {
        table.add(GET, path, RoutingContext::next, List.of(endpoint));
    }

    /** Adds a public route. */
    private void anonymous(HttpMethod method, String path, Action action, Handler<RoutingContext> endpoint) {
        table.add(method, path, authHandlers.limited(action), List.of(endpoint));
    }

    /** Adds a route that requires a session; the one-time code may still be missing. */
    private void session(HttpMethod method, String path, Action action, Handler<RoutingContext> endpoint) {
        table.add(method, path, authHandlers.withSession(action), List.of(endpoint));
    }

    /** Adds a route that requires a session with a verified one-time code. */
    private void verified(HttpMethod method, String path, Action action, Handler<RoutingContext> endpoint) {
        table.add(method, path, authHandlers.withSession(action), List.of(authHandlers.verified(), endpoint));
    }

    /** Adds a route that requires a verified session, with an additional handler before the endpoint. */
    private void verified(
            HttpMethod method,
            String path,
            Action action,
            Handler<RoutingContext> step,
            Handler<RoutingContext> endpoint) {
        table.add(method, path, authHandlers.withSession(action), List.of(authHandlers.verified(), step, endpoint));
    }

    /** Adds a read-only route for admins that also works while Redis is unavailable. */
    private void adminReadOnly(String path, Handler<RoutingContext> endpoint) {
        table.add(
                GET,
                path,
                authHandlers.withSessionOrFallback(Action.READ),
                List.of(authHandlers.verified(), authHandlers.admin(), endpoint));
    }

    /** Adds a route for admins. */
    private void admin(HttpMethod method, String path, Handler<RoutingContext> endpoint) {
        verified(method, path, Action.READ, authHandlers.admin(), endpoint);
    }
}
