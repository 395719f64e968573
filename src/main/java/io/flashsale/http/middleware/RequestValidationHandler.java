package io.flashsale.http.middleware;

import io.flashsale.http.message.RequestJson;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.openapi.Operation;
import io.flashsale.openapi.Parameter;
import io.flashsale.openapi.Parameter.Place;
import io.flashsale.openapi.Parameter.Refusal;
import io.flashsale.openapi.ValidationErrors;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Validates a request against its operation in the contract and reports all errors at once. It runs directly before the
 * endpoint, so an unauthorized request costs no validation and reveals nothing about the rules.
 */
public final class RequestValidationHandler implements Handler<RoutingContext> {
    private final List<Parameter> path;
    private final List<Parameter> headers;
    private final List<Parameter> query;
    private final Set<String> queryNames;
    private final Operation operation;
    private final boolean hasBody;

    public RequestValidationHandler(Operation operation) {
        this.operation = operation;
        this.path = operation.parameters(Place.PATH);
        this.headers = operation.parameters(Place.HEADER);
        this.query = operation.parameters(Place.QUERY);
        this.queryNames = query.stream().map(Parameter::name).collect(Collectors.toUnmodifiableSet());
        this.hasBody = !operation.method().equals(HttpMethod.GET);
    }

    @Override
    public void handle(RoutingContext ctx) {
        ValidationErrors errors = new ValidationErrors();
        for (Parameter parameter : headers) {
            check(parameter, ctx.request().headers().getAll(parameter.name()), errors);
        }
        for (Parameter parameter : path) {
            check(parameter, List.of(ctx.pathParam(parameter.name())), errors);
        }
        checkQuery(ctx, errors);
        if (hasBody) {
            operation.body().check(RequestJson.of(ctx).values(), errors);
        }
        ApiException.throwIfAny(errors);
        ctx.next();
    }

    private void checkQuery(RoutingContext ctx, ValidationErrors errors) {
        String text = ctx.request().query();
        if (query.isEmpty() && (text == null || text.isEmpty())) {
            return;
        }
        MultiMap given = ctx.queryParams();
        for (Parameter parameter : query) {
            check(parameter, given.getAll(parameter.name()), errors);
        }
        for (String name : given.names()) {
            if (!queryNames.contains(name)) {
                errors.malformed(name, "is not a parameter of this request");
            }
        }
    }

    private static void check(Parameter parameter, List<String> values, ValidationErrors errors) {
        Optional<Refusal> refusal = parameter.check(values, errors);
        if (refusal.isPresent()) {
            throw new ApiException(
                    ApiError.valueOf(
                            refusal.get().code().toUpperCase(Locale.ROOT).replace('-', '_')),
                    refusal.get().detail());
        }
    }
}
