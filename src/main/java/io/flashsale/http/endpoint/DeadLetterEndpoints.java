package io.flashsale.http.endpoint;

import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.message.PageRequest;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.orders.DeadLetterService;
import io.flashsale.persistence.audit.AuditAction;
import io.flashsale.persistence.audit.AuditEntry;
import io.flashsale.persistence.order.DeadLetter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** Lets admins list, retry and discard dead letters: orders that MongoDB rejects. */
public final class DeadLetterEndpoints {
    private final DeadLetterService deadLetters;
    private final AdminAudit audit;

    public DeadLetterEndpoints(DeadLetterService deadLetters, AdminAudit audit) {
        this.deadLetters = deadLetters;
        this.audit = audit;
    }

    public void list(RoutingContext ctx) {
        PageRequest query = PageRequest.of(ctx.queryParams());
        deadLetters
                .list(query.cursor(), query.limit())
                .onSuccess(page -> {
                    JsonArray items = new JsonArray();
                    page.items().forEach(deadLetter -> items.add(json(deadLetter)));
                    JsonResponses.json(ctx, 200, JsonResponses.page(items, page.next()));
                })
                .onFailure(ctx::fail);
    }

    public void retry(RoutingContext ctx) {
        String orderId = ctx.pathParam("id");
        audit.record(
                        ctx,
                        AuditAction.DEAD_LETTER_RETRIED,
                        orderId,
                        deadLetters.retry(orderId),
                        retried -> retried.map(DeadLetterEndpoints::note))
                .onSuccess(retried -> {
                    if (retried.isEmpty()) {
                        ctx.fail(unknown());
                        return;
                    }
                    DeadLetterService.Retry retry = retried.get();
                    JsonObject body = new JsonObject()
                            .put("orderId", retry.orderId())
                            .put("outcome", retry.placed() ? "placed" : "refused");
                    if (retry.reason() != null) {
                        body.put("reason", retry.reason());
                    }
                    JsonResponses.json(ctx, 200, body);
                })
                .onFailure(ctx::fail);
    }

    public void discard(RoutingContext ctx) {
        String orderId = ctx.pathParam("id");
        audit.record(
                        ctx,
                        AuditAction.DEAD_LETTER_DISCARDED,
                        orderId,
                        deadLetters.discard(orderId),
                        discarded -> discarded
                                ? Optional.of(AdminAudit.Note.done(AuditEntry.freshId(), orderId, new JsonObject()))
                                : Optional.empty())
                .onSuccess(discarded -> {
                    if (discarded) {
                        JsonResponses.empty(ctx, 204);
                    } else {
                        ctx.fail(unknown());
                    }
                })
                .onFailure(ctx::fail);
    }

    private static AdminAudit.Note note(DeadLetterService.Retry retry) {
        JsonObject details = retry.reason() == null ? new JsonObject() : new JsonObject().put("reason", retry.reason());
        String outcome = retry.placed() ? AuditEntry.DONE : "refused";
        return new AdminAudit.Note(AuditEntry.freshId(), retry.orderId(), outcome, details);
    }

    private static ApiException unknown() {
        return new ApiException(ApiError.NOT_FOUND, "there is no such dead letter");
    }

    private static JsonObject json(DeadLetter deadLetter) {
        return new JsonObject()
                .put("id", deadLetter.order().id())
                .put("orderId", deadLetter.order().id())
                .put("productId", deadLetter.order().productId())
                .put("userId", deadLetter.order().userId())
                .put("quantity", deadLetter.order().quantity())
                .put("units", new JsonArray(deadLetter.order().units()))
                .put("reason", deadLetter.reason())
                .put("tries", deadLetter.tries())
                .put("at", JsonResponses.time(deadLetter.at()));
    }
}
