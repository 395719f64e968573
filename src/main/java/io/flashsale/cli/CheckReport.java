package io.flashsale.cli;

import io.flashsale.reconcile.ConsistencyCheck.Line;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** Formats the result of a consistency check. */
final class CheckReport {
    private CheckReport() {}

    /** Formats a table with one line per product, for people. */
    public static String table(List<Line> lines) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-18s %9s %9s %9s %7s %9s %12s %7s %-12s %s%n",
                "product",
                "on sale",
                "available",
                "sold",
                "outbox",
                "returned",
                "dead letters",
                "on hold",
                "state",
                "difference"));
        for (Line line : lines) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-18s %9d %9d %9d %7d %9d %12d %7d %-12s %d%n",
                    line.productId(),
                    line.onSale(),
                    line.free(),
                    line.sold(),
                    line.inOutbox(),
                    line.returned(),
                    line.deadLetters(),
                    line.onHold(),
                    line.state(),
                    line.difference()));
        }
        return text.toString();
    }

    /** Formats the lines as JSON, for programs. */
    public static String json(List<Line> lines) {
        JsonArray products = new JsonArray();
        lines.forEach(line -> products.add(new JsonObject()
                .put("productId", line.productId())
                .put("name", line.name())
                .put("onSale", line.onSale())
                .put("free", line.free())
                .put("sold", line.sold())
                .put("inOutbox", line.inOutbox())
                .put("returned", line.returned())
                .put("deadLetters", line.deadLetters())
                .put("house", line.onHold())
                .put("state", line.state())
                .put("difference", line.difference())));
        return new JsonObject()
                .put("agrees", lines.stream().allMatch(Line::agrees))
                .put("products", products)
                .encodePrettily();
    }
}
