package io.flashsale.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.util.List;
import java.util.Set;

/**
 * What pages of other origins may do: those on the list everything (the Fetch standard's CORS protocol, with
 * credentials), all others nothing that changes anything.
 *
 * <p>The session cookie is SameSite=Strict, which already keeps it from other sites. A page of a sibling domain is the
 * same site, though, so a browser's own word on where a call comes from (Fetch Metadata, {@code Sec-Fetch-Site}) is
 * heeded too; no page can forge or leave out that header.
 */
final class BrowserOrigins implements SecurityPolicyHandler {
    private static final String ALLOWED_METHODS = "GET, HEAD, POST, PUT, DELETE";
    private static final String ALLOWED_HEADERS =
            "Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id";
    private static final String EXPOSED_HEADERS = "Allow, ETag, Idempotency-Replayed, Location, RateLimit,"
            + " RateLimit-Policy, Retry-After, X-Cache, X-Request-Id";
    private static final String PREFLIGHT_SECONDS = "600";
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> FROM_ELSEWHERE = Set.of("cross-site", "same-site");

    private final Set<String> allowed;

    BrowserOrigins(List<String> allowed) {
        this.allowed = Set.copyOf(allowed);
    }

    @Override
    public void handle(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        String origin = request.getHeader("Origin");
        boolean listed = origin != null && allowed.contains(origin);
        if (!allowed.isEmpty()) {
            // Also where no header is set: a cache must not hand the one answer to the other origin.
            ctx.response().putHeader("Vary", "Origin");
        }
        if (listed) {
            ctx.response()
                    .putHeader("Access-Control-Allow-Origin", origin)
                    .putHeader("Access-Control-Allow-Credentials", "true")
                    .putHeader("Access-Control-Expose-Headers", EXPOSED_HEADERS);
        }
        if (listed && isPreflight(request)) {
            answerPreflight(ctx.response());
        } else if (!listed && !SAFE.contains(request.method()) && isFromElsewhere(request)) {
            ctx.fail(new ApiException(ApiError.FORBIDDEN, "pages of this origin may not call; see cors.origins"));
        } else {
            ctx.next();
        }
    }

    private static boolean isFromElsewhere(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        return site != null && FROM_ELSEWHERE.contains(site);
    }

    private static boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains("Access-Control-Request-Method");
    }

    private static void answerPreflight(HttpServerResponse response) {
        response.headers().remove("Access-Control-Expose-Headers");
        response.setStatusCode(204)
                .putHeader("Access-Control-Allow-Methods", ALLOWED_METHODS)
                .putHeader("Access-Control-Allow-Headers", ALLOWED_HEADERS)
                .putHeader("Access-Control-Max-Age", PREFLIGHT_SECONDS)
                .end();
    }
}
