package io.flashsale.http.middleware;

import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.SecurityPolicyHandler;

/** Rejects a body whose Content-Type is not JSON before reading it. */
public final class JsonOnly implements SecurityPolicyHandler {
    @Override
    public void handle(RoutingContext ctx) {
        if (hasBody(ctx.request()) && !isJson(ctx.request().getHeader("Content-Type"))) {
            ctx.fail(new ApiException(ApiError.UNSUPPORTED_MEDIA_TYPE, "send the body as application/json in UTF-8"));
        } else {
            ctx.next();
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.getHeader("Transfer-Encoding") != null || (length != null && !length.equals("0"));
    }

    private static boolean isJson(String contentType) {
        if (contentType == null) {
            return false;
        }
        String[] parts = contentType.split(";", 2);
        String parameters = parts.length > 1 ? parts[1].replaceAll("[\\s\"]", "") : "";
        return parts[0].trim().equalsIgnoreCase("application/json")
                && (parameters.isEmpty() || parameters.equalsIgnoreCase("charset=utf-8"));
    }
}
