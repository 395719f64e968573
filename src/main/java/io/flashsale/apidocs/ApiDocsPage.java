package io.flashsale.apidocs;

import io.flashsale.openapi.Operation;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Renders the contract as one HTML page without scripts and external resources. Every operation, schema and error code
 * has an anchor.
 */
public final class ApiDocsPage {
    private static final String STYLE = "/docs/docs.css";
    /** The suffix of schemas that are only parts of other schemas. */
    private static final String PART_SUFFIX = "Fields";

    private final JsonObject document;
    private final List<OperationRenderer> operations;
    private final String style = read(STYLE);
    private final Buffer html;

    public ApiDocsPage(JsonObject document, Collection<Operation> operations) {
        this.document = document;
        this.operations = operations.stream().map(OperationRenderer::new).toList();
        this.html = Buffer.buffer(page());
    }

    /** Returns the page. */
    public Buffer html() {
        return html;
    }

    /** Returns the hash of the embedded style for a Content Security Policy. */
    public String styleHash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String read(String resource) {
        try (InputStream file = ApiDocsPage.class.getResourceAsStream(resource)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String page() {
        JsonObject info = document.getJsonObject("info");
        String title = HtmlFragments.escape(info.getString("title"));
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%1$s API</title>
                <link rel="icon" href="data:,">
                <style>%2$s</style>
                </head>
                <body>
                <a class="skip" href="#content">Skip to the content</a>
                <header><p class="brand">%1$s <span>API %3$s</span></p><a href="/openapi.yaml">openapi.yaml</a></header>
                <div class="frame">
                <nav aria-label="Contents">%4$s</nav>
                <main id="content">
                <section class="intro">
                <h1>%5$s</h1>
                %6$s</section>
                %7$s%8$s%9$s%10$s</main>
                </div>
                </body>
                </html>
                """.formatted(
                        title,
                        style,
                        HtmlFragments.escape(info.getString("version")),
                        contents(),
                        HtmlFragments.inline(info.getString("summary")),
                        HtmlFragments.paragraphs(info.getString("description")),
                        groups(),
                        problems(),
                        headers(),
                        schemas());
    }

    private String contents() {
        String groups = tags().map(tag -> "<h2>"
                        + HtmlFragments.link(anchor(tag), HtmlFragments.escape(tag.getString("name"))) + "</h2>\n<ul>\n"
                        + of(tag).map(OperationRenderer::entry).collect(Collectors.joining()) + "</ul>\n")
                .collect(Collectors.joining());
        return "<div>\n" + groups + head("errors", "Errors") + head("headers", "Headers") + head("schemas", "Schemas")
                + "</div>";
    }

    private static String head(String anchor, String text) {
        return "<h2>" + HtmlFragments.link(anchor, text) + "</h2>\n";
    }

    private Stream<JsonObject> tags() {
        return document.getJsonArray("tags").stream().map(JsonObject.class::cast);
    }

    private Stream<OperationRenderer> of(JsonObject tag) {
        return operations.stream().filter(operation -> operation.tag().equals(tag.getString("name")));
    }

    private static String anchor(JsonObject tag) {
        return "group-" + tag.getString("name").toLowerCase(Locale.ROOT);
    }

    private String groups() {
        return tags().map(tag -> "<section class=\"group\" id=\"" + anchor(tag) + "\"><h2>"
                        + HtmlFragments.escape(tag.getString("name"))
                        + "</h2>\n" + HtmlFragments.paragraphs(tag.getString("description"))
                        + of(tag).map(OperationRenderer::section).collect(Collectors.joining()) + "</section>\n")
                .collect(Collectors.joining());
    }

    private String problems() {
        JsonObject schemas = document.getJsonObject("components").getJsonObject("schemas");
        StringBuilder rows = new StringBuilder();
        schemas.getJsonObject("ErrorCode").getJsonObject("x-codes").forEach(entry -> {
            JsonObject code = (JsonObject) entry.getValue();
            rows.append("<div class=\"problem\" id=\"")
                    .append(entry.getKey())
                    .append("\"><dt>")
                    .append(HtmlFragments.link(entry.getKey(), HtmlFragments.code(entry.getKey())))
                    .append(" <span class=\"status s")
                    .append(code.getInteger("status") / 100)
                    .append("\">")
                    .append(code.getInteger("status"))
                    .append("</span></dt><dd>")
                    .append(HtmlFragments.inline(code.getString("when")))
                    .append("</dd></div>\n");
        });
        return "<section class=\"group\" id=\"errors\"><h2>Errors</h2>\n"
                + HtmlFragments.paragraphs(schemas.getJsonObject("ErrorCode").getString("description"))
                + "<p>Every error is a " + HtmlFragments.link("Problem", "Problem") + ", "
                + HtmlFragments.code("application/problem+json")
                + ", whose <code>type</code> links here.</p>\n<dl class=\"problems\">\n" + rows + "</dl></section>\n";
    }

    private String headers() {
        StringBuilder rows = new StringBuilder();
        document.getJsonObject("components").getJsonObject("headers").forEach(entry -> {
            JsonObject header = (JsonObject) entry.getValue();
            Object example = header.getValue("example");
            rows.append("<div class=\"problem\" id=\"header-")
                    .append(entry.getKey())
                    .append("\"><dt>")
                    .append(HtmlFragments.link("header-" + entry.getKey(), HtmlFragments.code(entry.getKey())))
                    .append("</dt><dd>")
                    .append(HtmlFragments.paragraphs(header.getString("description")))
                    .append(example == null ? "" : "<p>" + HtmlFragments.code(example.toString()) + "</p>")
                    .append("</dd></div>\n");
        });
        return "<section class=\"group\" id=\"headers\"><h2>Response headers</h2>\n<dl class=\"problems\">\n" + rows
                + "</dl></section>\n";
    }

    private String schemas() {
        StringBuilder sections = new StringBuilder();
        document.getJsonObject("components").getJsonObject("schemas").forEach(entry -> {
            JsonObject schema = (JsonObject) entry.getValue();
            if (!SchemaRenderer.properties(schema).isEmpty() && !entry.getKey().endsWith(PART_SUFFIX)) {
                sections.append("<section class=\"shape\" id=\"")
                        .append(entry.getKey())
                        .append("\"><h3>")
                        .append(HtmlFragments.link(entry.getKey(), HtmlFragments.escape(entry.getKey())))
                        .append("</h3>\n")
                        .append(HtmlFragments.paragraphs(schema.getString("description")))
                        .append(SchemaRenderer.table(schema))
                        .append("</section>\n");
            }
        });
        return "<section class=\"group\" id=\"schemas\"><h2>Schemas</h2>\n" + sections + "</section>\n";
    }
}
