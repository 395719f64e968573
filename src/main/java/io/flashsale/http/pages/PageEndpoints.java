package io.flashsale.http.pages;

import io.flashsale.http.message.EntityTags;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** Serves the pages of the shop and the admin with their assets. Needs no access to a store. */
public final class PageEndpoints {
    /** Browsers revalidate on each visit, which usually costs a 304 without a body. */
    private static final String REVALIDATE = "no-cache";

    /** The path changes with the content. */
    private static final String IMMUTABLE = "public, max-age=31536000, immutable";

    private static final String PREFIX = "/assets/";

    private final StaticAssets assets;

    public PageEndpoints(StaticAssets assets) {
        this.assets = assets;
    }

    public Handler<RoutingContext> page(String name) {
        StaticAssets.File page = assets.page(name);
        return ctx -> send(ctx, page, REVALIDATE);
    }

    public void asset(RoutingContext ctx) {
        String path = ctx.request().path();
        int slash = path.indexOf('/', PREFIX.length());
        String name = slash < 0 ? "" : path.substring(slash + 1);
        boolean current = slash > 0 && path.substring(PREFIX.length(), slash).equals(assets.version());
        // During a rolling update, a page of an old node may request assets from a new node. The new content is better
        // than none, but it must not be cached under the old path.
        assets.asset(name)
                .ifPresentOrElse(
                        file -> send(ctx, file, current ? IMMUTABLE : REVALIDATE),
                        () -> ctx.fail(new ApiException(ApiError.NOT_FOUND, "there is no such file")));
    }

    /** Sends a file, or 304 if the client already has it. */
    static void send(RoutingContext ctx, StaticAssets.File file, String cacheControl) {
        boolean gzipped = file.gzipped() != null && acceptsGzip(ctx.request().getHeader("Accept-Encoding"));
        String tag = "\"" + file.tag() + (gzipped ? "-gz" : "") + "\"";
        HttpServerResponse response =
                ctx.response().putHeader("Cache-Control", cacheControl).putHeader("ETag", tag);
        if (file.gzipped() != null) {
            String before = response.headers().get("Vary");
            response.putHeader("Vary", before == null ? "Accept-Encoding" : before + ", Accept-Encoding");
        }
        if (EntityTags.matches(ctx.request().getHeader("If-None-Match"), "W/" + tag)) {
            response.setStatusCode(304).end();
            return;
        }
        if (gzipped) {
            response.putHeader("Content-Encoding", "gzip");
        }
        response.putHeader("Content-Type", file.type()).end(gzipped ? file.gzipped() : file.bytes());
    }

    /** Returns whether gzip is listed with a weight other than 0 (RFC 9110, section 12.5.3). */
    private static boolean acceptsGzip(String acceptEncoding) {
        if (acceptEncoding == null) {
            return false;
        }
        for (String coding : acceptEncoding.split(",", -1)) {
            String[] parts = coding.trim().split("\\s*;\\s*", 2);
            if (parts[0].equalsIgnoreCase("gzip")) {
                return parts.length == 1 || !parts[1].matches("q=0(\\.0{0,3})?");
            }
        }
        return false;
    }
}
