package io.flashsale.http;

import io.flashsale.apidocs.ApiDocs;
import io.flashsale.apidocs.ApiDocsPage;
import io.vertx.ext.web.RoutingContext;

/** The contract over HTTP: as the file that it is, and as a page. Costs no trip to any store. */
final class DocumentEndpoints {
    private static final String REVALIDATE = "no-cache";

    private final ApiDocs docs;
    private final Face.File file;
    private Face.File page;

    DocumentEndpoints(ApiDocs docs) {
        this.docs = docs;
        this.file = Face.file(docs.contract().text().getBytes(), "application/yaml");
    }

    void contract(RoutingContext ctx) {
        FaceEndpoints.send(ctx, file, REVALIDATE);
    }

    void page(RoutingContext ctx) {
        ApiDocsPage rendered = docs.page();
        if (page == null) {
            page = Face.file(rendered.html().getBytes(), "text/html; charset=utf-8");
        }
        // Tighter than for other answers: no script, and no style but the one that is in the page.
        ctx.response()
                .putHeader(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src '" + rendered.styleHash()
                                + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        FaceEndpoints.send(ctx, page, REVALIDATE);
    }
}
