package io.flashsale.http.middleware;

import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.net.ListenAddress;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Controls what pages of other origins may do. Listed origins have full access (the CORS protocol of the Fetch
 * standard, with credentials); all others may not change anything.
 *
 * <p>The session cookie is SameSite=Strict, so browsers do not send it from other sites. A sibling domain counts as the
 * same site, though. Therefore the Fetch Metadata header {@code Sec-Fetch-Site} is checked, too; a page can neither
 * forge nor omit it.
 *
 * <p>Not vertx-web's {@code CorsHandler}: that rejects unlisted origins, even those of our own pages and of any GET.
 */
public final class BrowserOrigins implements SecurityPolicyHandler {
    private static final String ALLOWED_METHODS = "GET, HEAD, POST, PUT, DELETE";
    private static final String ALLOWED_HEADERS =
            "Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id";
    private static final String EXPOSED_HEADERS = "Allow, ETag, Idempotency-Replayed, Location, RateLimit,"
            + " RateLimit-Policy, Retry-After, X-Cache, X-Request-Id";
    private static final String PREFLIGHT_SECONDS = "600";
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> FOREIGN_SITES = Set.of("cross-site", "same-site");

    private static final Pattern ORIGIN =
            Pattern.compile("([a-z][a-z0-9+.-]*)://(\\[[0-9a-f:.]+]|[^:/?#\\[\\]]+)(?::([1-9][0-9]{0,4}))?");

    /** Browsers omit the default port of the scheme. */
    private static final Map<String, String> DEFAULT_PORTS = Map.of("https", "443", "http", "80");

    private final Set<String> allowed;

    public BrowserOrigins(List<String> allowed) {
        this.allowed = Set.copyOf(allowed);
    }

    /**
     * Returns whether a browser can send the text as {@code Origin} (RFC 6454, section 6.2); other text never matches.
     */
    public static boolean isOrigin(String text) {
        Matcher parts = ORIGIN.matcher(text);
        if (!parts.matches() || !isHost(parts.group(2))) {
            return false;
        }
        String port = parts.group(3);
        return port == null || (Integer.parseInt(port) <= 65_535 && !port.equals(DEFAULT_PORTS.get(parts.group(1))));
    }

    private static boolean isHost(String text) {
        return text.startsWith("[")
                ? NetUtil.isValidIpV6Address(text.substring(1, text.length() - 1))
                : ListenAddress.isHost(text) && text.equals(text.toLowerCase(Locale.ROOT));
    }

    @Override
    public void handle(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        String origin = request.getHeader("Origin");
        boolean listed = origin != null && allowed.contains(origin);
        if (!allowed.isEmpty()) {
            // Always set: a cache must not serve the response for one origin to another.
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
        } else if (!listed && !SAFE.contains(request.method()) && isFromForeignSite(request)) {
            ctx.fail(new ApiException(
                    ApiError.FORBIDDEN, "pages of this origin may not call the API; see cors.origins"));
        } else {
            ctx.next();
        }
    }

    private static boolean isFromForeignSite(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        return site != null && FOREIGN_SITES.contains(site);
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
