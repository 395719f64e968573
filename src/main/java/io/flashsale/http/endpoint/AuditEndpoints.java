package io.flashsale.http.endpoint;

import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.message.PageRequest;
import io.flashsale.persistence.audit.AuditAction;
import io.flashsale.persistence.audit.AuditEntry;
import io.flashsale.persistence.audit.AuditStore;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Serves the audit log. */
public final class AuditEndpoints {
    private final AuditStore audit;

    public AuditEndpoints(AuditStore audit) {
        this.audit = audit;
    }

    public void list(RoutingContext ctx) {
        MultiMap query = ctx.queryParams();
        PageRequest page = PageRequest.of(query);
        String action = query.get("action");
        AuditStore.Filter filter = new AuditStore.Filter(
                action == null ? null : AuditAction.ofWireName(action).orElseThrow(),
                query.get("actor"),
                query.get("subject"));
        audit.list(filter, page.cursor(), page.limit())
                .onSuccess(found -> {
                    JsonArray items = new JsonArray();
                    found.items().forEach(entry -> items.add(json(entry)));
                    JsonResponses.json(ctx, 200, JsonResponses.page(items, found.next()));
                })
                .onFailure(ctx::fail);
    }

    private static JsonObject json(AuditEntry entry) {
        return new JsonObject()
                .put("id", entry.id())
                .put("at", JsonResponses.time(entry.at()))
                .put("action", entry.action().wireName())
                .put("actor", entry.actor())
                .put("subject", entry.subject())
                .put("outcome", entry.outcome())
                .put("details", entry.details());
    }
}
