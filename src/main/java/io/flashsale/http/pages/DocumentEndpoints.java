package io.flashsale.http.pages;

import io.flashsale.apidocs.ApiDocs;
import io.flashsale.apidocs.ApiDocsPage;
import io.vertx.ext.web.RoutingContext;

/** Serves the contract as a file and as an HTML page. Needs no access to a store. */
public final class DocumentEndpoints {
    private static final String REVALIDATE = "no-cache";

    private final ApiDocs docs;
    private final StaticAssets.File file;
    private StaticAssets.File page;

    public DocumentEndpoints(ApiDocs docs) {
        this.docs = docs;
        this.file = StaticAssets.file(docs.contract().text().getBytes(), "application/yaml");
    }

    public void contract(RoutingContext ctx) {
        PageEndpoints.send(ctx, file, REVALIDATE);
    }

    public void page(RoutingContext ctx) {
        ApiDocsPage rendered = docs.page();
        if (page == null) {
            page = StaticAssets.file(rendered.html().getBytes(), "text/html; charset=utf-8");
        }
        // Stricter than elsewhere: no scripts, and only the style that is embedded in the page.
        ctx.response()
                .putHeader(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src '" + rendered.styleHash()
                                + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        PageEndpoints.send(ctx, page, REVALIDATE);
    }
}
