package io.flashsale.http;

import io.flashsale.persistence.AuditAction;
import io.flashsale.persistence.AuditEntry;
import io.flashsale.persistence.AuditStore;
import io.flashsale.sale.InvalidFieldsException;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.regex.Pattern;

/** The audit log over HTTP. */
final class AuditEndpoints {
    private static final Set<String> FILTERS = Set.of("action", "actor", "subject");
    private static final Pattern ID = Pattern.compile("[\\x21-\\x7e]{1,200}");

    private final AuditStore audit;

    AuditEndpoints(AuditStore audit) {
        this.audit = audit;
    }

    void list(RoutingContext ctx) {
        MultiMap query = ctx.queryParams();
        PageQuery page = PageQuery.of(query, FILTERS);
        AuditStore.Filter filter = new AuditStore.Filter(action(query), id(query, "actor"), id(query, "subject"));
        audit.list(filter, page.cursor(), page.limit())
                .onSuccess(found -> {
                    JsonArray items = new JsonArray();
                    found.items().forEach(entry -> items.add(json(entry)));
                    Answers.json(ctx, 200, Answers.page(items, found.next()));
                })
                .onFailure(ctx::fail);
    }

    private static AuditAction action(MultiMap query) {
        String name = query.get("action");
        return name == null
                ? null
                : AuditAction.ofWireName(name)
                        .orElseThrow(() ->
                                new InvalidFieldsException("action", "must be an action such as product.updated"));
    }

    private static String id(MultiMap query, String name) {
        String id = query.get(name);
        if (id != null && !ID.matcher(id).matches()) {
            throw new InvalidFieldsException(name, "must be an id");
        }
        return id;
    }

    private static JsonObject json(AuditEntry entry) {
        return new JsonObject()
                .put("id", entry.id())
                .put("at", Answers.time(entry.at()))
                .put("action", entry.action().wireName())
                .put("actor", entry.actor())
                .put("subject", entry.subject())
                .put("outcome", entry.outcome())
                .put("details", entry.details());
    }
}
