package io.flashsale.http.middleware;

import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.http.problem.ProblemDetails;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Looks at a request before the router does, and refuses what two servers could read in two ways (request smuggling, RFC
 * 9112 section 11.2), what is no HTTP, and bodies that say themselves that they are too large.
 */
public final class RequestSanitizer implements Handler<HttpServerRequest> {
    /**
     * What a request is held against.
     *
     * @param maxHeaderBytes of all headers together
     * @param maxBodyBytes that a body may have
     * @param tls whether the server itself speaks TLS
     */
    public record Bounds(int maxHeaderBytes, int maxBodyBytes, boolean tls) {}

    private final Vertx vertx;
    private final Connections connections;
    private final Bounds bounds;
    private final Handler<HttpServerRequest> router;

    public RequestSanitizer(Vertx vertx, Connections connections, Bounds bounds, Handler<HttpServerRequest> router) {
        this.vertx = vertx;
        this.connections = connections;
        this.bounds = bounds;
        this.router = router;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (!connections.begin(request)) {
            return;
        }
        ApiException refusal = refusal(request);
        if (refusal != null) {
            refuse(request, refusal);
            return;
        }
        if (request.headers().contains("Transfer-Encoding")) {
            // The decoder drops a Content-Length beside it, so it cannot be told whether a proxy in front went by that.
            // What it then took for the next request is never read: RFC 9112 section 6.1 wants the connection closed.
            connections.endAfter(request);
        }
        router.handle(request);
    }

    /** What the decoder could not read. */
    public void handleInvalid(HttpServerRequest request) {
        if (!connections.begin(request)) {
            return;
        }
        Throwable cause = request.decoderResult().cause();
        if (cause instanceof TooLongHttpLineException) {
            refuse(request, new ApiException(ApiError.URI_TOO_LONG, limit("the first line")));
        } else if (cause instanceof TooLongHttpHeaderException) {
            refuse(request, new ApiException(ApiError.HEADERS_TOO_LARGE, limit("all headers together")));
        } else {
            refuse(request, malformed("this is not valid HTTP"));
        }
    }

    private String limit(String what) {
        return what + " may have " + bounds.maxHeaderBytes() + " bytes";
    }

    private ApiException refusal(HttpServerRequest request) {
        List<String> encodings = request.headers().getAll("Transfer-Encoding");
        List<String> hosts = request.headers().getAll("Host");
        if (!encodings.isEmpty() && !isPlainlyChunked(request, encodings)) {
            return malformed("Transfer-Encoding must be chunked, once, in HTTP/1.1");
        }
        if (hosts.size() > 1 || (hosts.isEmpty() && request.version() == HttpVersion.HTTP_1_1)) {
            return malformed("there must be one Host header");
        }
        if (request.path() == null || !request.path().startsWith("/")) {
            return new ApiException(ApiError.NOT_FOUND, "there is nothing at this path");
        }
        if (!isDecodable(request.path())) {
            return malformed("the path has a broken % escape");
        }
        return declaresTooMuch(request.getHeader("Content-Length"))
                ? new ApiException(ApiError.BODY_TOO_LARGE, "a body may have " + bounds.maxBodyBytes() + " bytes")
                : null;
    }

    private static boolean isPlainlyChunked(HttpServerRequest request, List<String> encodings) {
        return encodings.size() == 1
                && encodings.get(0).trim().equalsIgnoreCase("chunked")
                && request.version() == HttpVersion.HTTP_1_1;
    }

    private static boolean isDecodable(String path) {
        if (path.indexOf('%') < 0) {
            return true;
        }
        try {
            URLDecoder.decode(path, StandardCharsets.UTF_8);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The decoder lets pass digits only. */
    private boolean declaresTooMuch(String contentLength) {
        return contentLength != null && Long.parseLong(contentLength.trim()) > bounds.maxBodyBytes();
    }

    private static ApiException malformed(String detail) {
        return new ApiException(ApiError.MALFORMED_REQUEST, detail);
    }

    private void refuse(HttpServerRequest request, ApiException problem) {
        connections.endAfter(request);
        String requestId = RequestIds.assign(request);
        SecurityHeaders.putOn(request.response(), bounds.tls());
        GracefulClose.announce(request);
        ProblemDetails.write(request.response(), problem, requestId)
                .onComplete(sent -> GracefulClose.close(vertx, request));
        AccessLog.write(request, 0, requestId, null);
    }
}
