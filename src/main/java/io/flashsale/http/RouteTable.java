package io.flashsale.http;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;

import io.flashsale.http.middleware.AccessLog;
import io.flashsale.http.middleware.BrowserOrigins;
import io.flashsale.http.middleware.CloseAfterChunked;
import io.flashsale.http.middleware.DateHeader;
import io.flashsale.http.middleware.FailureHandler;
import io.flashsale.http.middleware.JsonOnly;
import io.flashsale.http.middleware.RequestIds;
import io.flashsale.http.middleware.RequestValidationHandler;
import io.flashsale.http.middleware.SecurityHeaders;
import io.flashsale.openapi.Contract;
import io.flashsale.openapi.Operation;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Builds the router: the handlers that all routes share, and the answers for unknown paths and methods. */
final class RouteTable {
    private final Vertx vertx;
    private final HttpVerticle.Settings settings;
    private final Clock clock;
    private final Optional<Contract> contract;
    private final JsonOnly json = new JsonOnly();
    private final BodyHandler body;
    private final Map<String, List<Entry>> entries = new LinkedHashMap<>();

    private record Entry(
            HttpMethod method, SecurityPolicyHandler securityHandler, List<Handler<RoutingContext>> steps) {}

    /** Creates a table of routes that are not part of a contract. */
    RouteTable(Vertx vertx, HttpVerticle.Settings settings, Clock clock) {
        this(vertx, settings, clock, Optional.empty());
    }

    /** Creates a table of routes whose requests are validated against the contract. */
    RouteTable(Vertx vertx, HttpVerticle.Settings settings, Clock clock, Contract contract) {
        this(vertx, settings, clock, Optional.of(contract));
    }

    private RouteTable(Vertx vertx, HttpVerticle.Settings settings, Clock clock, Optional<Contract> contract) {
        this.vertx = vertx;
        this.settings = settings;
        this.clock = clock;
        this.contract = contract;
        this.body = BodyHandler.create(false).setBodyLimit(settings.maxBodyBytes());
    }

    /**
     * Adds a route; a GET route also serves HEAD.
     *
     * @param securityHandler runs before the body is read; it must pause the request while it waits
     * @param steps the handlers that run after the body was read; the last one is the endpoint
     */
    void add(
            HttpMethod method,
            String path,
            SecurityPolicyHandler securityHandler,
            List<Handler<RoutingContext>> steps) {
        entries.computeIfAbsent(path, first -> new ArrayList<>()).add(new Entry(method, securityHandler, steps));
    }

    /** Creates the router; fails if its routes differ from those of the contract. */
    Router router() {
        contract.ifPresent(file -> file.requireSameRoutes(names()));
        Router router = Router.router(vertx);
        router.route()
                .handler(new RequestIds())
                .handler(new AccessLog(clock))
                .handler(new DateHeader(clock))
                .handler(new CloseAfterChunked())
                .handler(new SecurityHeaders(settings.tls().isPresent()))
                .handler(new BrowserOrigins(settings.corsOrigins()))
                .failureHandler(new FailureHandler());
        // Paths without parameters come first, with their 405: a parameter of another path must not match them.
        entries.keySet().stream()
                .sorted(Comparator.comparing(path -> path.contains(":")))
                .forEach(path -> install(router, path, entries.get(path)));
        router.route().handler(ctx -> ctx.fail(404));
        return router;
    }

    private Set<String> names() {
        return entries.entrySet().stream()
                .flatMap(path -> path.getValue().stream().map(entry -> Operation.name(entry.method(), path.getKey())))
                .collect(Collectors.toSet());
    }

    private void install(Router router, String path, List<Entry> entriesOfPath) {
        TreeSet<String> methods = new TreeSet<>();
        for (Entry entry : entriesOfPath) {
            Route route = router.route(entry.method(), path);
            methods.add(entry.method().name());
            route.handler(entry.securityHandler());
            if (entry.method().equals(GET)) {
                route.method(HEAD);
                methods.add(HEAD.name());
            } else {
                route.handler(json).handler(body);
            }
            int endpoint = entry.steps().size() - 1;
            entry.steps().subList(0, endpoint).forEach(route::handler);
            contract.flatMap(file -> file.operation(entry.method(), path))
                    .ifPresent(operation -> route.handler(new RequestValidationHandler(operation)));
            route.handler(entry.steps().get(endpoint));
        }
        String allow = String.join(", ", methods);
        router.route(path).handler(ctx -> {
            ctx.response().putHeader("Allow", allow);
            ctx.fail(405);
        });
    }
}
