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

/** What every route goes through, and what becomes of a request for which there is none. */
final class RouteTable {
    private final Vertx vertx;
    private final HttpVerticle.Settings settings;
    private final Clock clock;
    private final Optional<Contract> contract;
    private final JsonOnly json = new JsonOnly();
    private final BodyHandler body;
    private final Map<String, List<Line>> lines = new LinkedHashMap<>();

    private record Line(
            HttpMethod method, SecurityPolicyHandler securityHandler, List<Handler<RoutingContext>> steps) {}

    /** A table of routes that no contract describes. */
    RouteTable(Vertx vertx, HttpVerticle.Settings settings, Clock clock) {
        this(vertx, settings, clock, Optional.empty());
    }

    /** A table of the contract's routes: what is asked of them is held against it. */
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
     * Adds a route; a GET answers HEAD too.
     *
     * @param securityHandler stands before the body is read; must pause the request while it waits
     * @param steps after the body, the endpoint last
     */
    void add(
            HttpMethod method,
            String path,
            SecurityPolicyHandler securityHandler,
            List<Handler<RoutingContext>> steps) {
        lines.computeIfAbsent(path, first -> new ArrayList<>()).add(new Line(method, securityHandler, steps));
    }

    /** The router; refuses routes that are not those of the contract. */
    Router router() {
        contract.ifPresent(file -> file.requireSameAs(names()));
        Router router = Router.router(vertx);
        router.route()
                .handler(new RequestIds())
                .handler(new AccessLog(clock))
                .handler(new DateHeader(clock))
                .handler(new CloseAfterChunked())
                .handler(new SecurityHeaders(settings.tls().isPresent()))
                .handler(new BrowserOrigins(settings.corsOrigins()))
                .failureHandler(new FailureHandler());
        // A path without parameters first, with its 405: another path's parameter must not swallow it.
        lines.keySet().stream()
                .sorted(Comparator.comparing(path -> path.contains(":")))
                .forEach(path -> install(router, path, lines.get(path)));
        router.route().handler(ctx -> ctx.fail(404));
        return router;
    }

    private Set<String> names() {
        return lines.entrySet().stream()
                .flatMap(path -> path.getValue().stream().map(line -> Operation.name(line.method(), path.getKey())))
                .collect(Collectors.toSet());
    }

    private void install(Router router, String path, List<Line> ofPath) {
        TreeSet<String> methods = new TreeSet<>();
        for (Line line : ofPath) {
            Route route = router.route(line.method(), path);
            methods.add(line.method().name());
            route.handler(line.securityHandler());
            if (line.method().equals(GET)) {
                route.method(HEAD);
                methods.add(HEAD.name());
            } else {
                route.handler(json).handler(body);
            }
            int endpoint = line.steps().size() - 1;
            line.steps().subList(0, endpoint).forEach(route::handler);
            contract.flatMap(file -> file.operation(line.method(), path))
                    .ifPresent(operation -> route.handler(new RequestValidationHandler(operation)));
            route.handler(line.steps().get(endpoint));
        }
        String allow = String.join(", ", methods);
        router.route(path).handler(ctx -> {
            ctx.response().putHeader("Allow", allow);
            ctx.fail(405);
        });
    }
}
