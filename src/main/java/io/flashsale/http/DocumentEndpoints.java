package io.flashsale.http;

import io.flashsale.contract.Contract;
import io.flashsale.contract.DocsPage;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/** The contract over HTTP: as the file that it is, and as a page. */
final class DocumentEndpoints {
    private final Contract contract;

    DocumentEndpoints(Contract contract) {
        this.contract = contract;
    }

    void contract(RoutingContext ctx) {
        send(ctx, "application/yaml", contract.text());
    }

    void page(RoutingContext ctx) {
        DocsPage page = contract.page();
        // Tighter than for other answers: no script, and no style but the one that is in the page.
        ctx.response()
                .putHeader(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src '" + page.styleHash()
                                + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        send(ctx, "text/html; charset=utf-8", page.html());
    }

    private static void send(RoutingContext ctx, String type, Buffer body) {
        ctx.response()
                .putHeader("Cache-Control", "no-cache")
                .putHeader("Content-Type", type)
                .end(body);
    }
}
