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
 * Rejects dangerous requests before they reach the router: those that two servers could parse differently (request
 * smuggling, RFC 9112 section 11.2), invalid HTTP, and bodies that declare a length above the limit.
 */
public final class RequestSanitizer implements Handler<HttpServerRequest> {
    /**
     * Holds the limits for requests.
     *
     * @param maxHeaderBytes the maximum size of all headers together
     * @param maxBodyBytes the maximum size of a body
     * @param tls whether this server terminates TLS
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
        ApiException problem = problemOf(request);
        if (problem != null) {
            reject(request, problem);
            return;
        }
        if (request.headers().contains("Transfer-Encoding")) {
            // The decoder drops a Content-Length next to Transfer-Encoding, so it is unknown whether a proxy used it.
            // The bytes after the chunks are therefore never read: RFC 9112 section 6.1 wants the connection closed.
            connections.endAfter(request);
        }
        router.handle(request);
    }

    /** Answers a request that the decoder could not parse. */
    public void handleInvalid(HttpServerRequest request) {
        if (!connections.begin(request)) {
            return;
        }
        Throwable cause = request.decoderResult().cause();
        if (cause instanceof TooLongHttpLineException) {
            reject(request, new ApiException(ApiError.URI_TOO_LONG, limit("the request line")));
        } else if (cause instanceof TooLongHttpHeaderException) {
            reject(request, new ApiException(ApiError.HEADERS_TOO_LARGE, limit("all headers together")));
        } else {
            reject(request, malformed("this is not valid HTTP"));
        }
    }

    private String limit(String what) {
        return what + " may have at most " + bounds.maxHeaderBytes() + " bytes";
    }

    private ApiException problemOf(HttpServerRequest request) {
        List<String> encodings = request.headers().getAll("Transfer-Encoding");
        List<String> hosts = request.headers().getAll("Host");
        if (!encodings.isEmpty() && !isPlainlyChunked(request, encodings)) {
            return malformed("Transfer-Encoding must be chunked, sent once, in HTTP/1.1");
        }
        if (hosts.size() > 1 || (hosts.isEmpty() && request.version() == HttpVersion.HTTP_1_1)) {
            return malformed("exactly one Host header is required");
        }
        if (request.path() == null || !request.path().startsWith("/")) {
            return new ApiException(ApiError.NOT_FOUND, "no resource exists at this path");
        }
        if (!isDecodable(request.path())) {
            return malformed("the path contains an invalid percent-encoding");
        }
        return exceedsLimit(request.getHeader("Content-Length"))
                ? new ApiException(
                        ApiError.BODY_TOO_LARGE, "a body may have at most " + bounds.maxBodyBytes() + " bytes")
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

    /** Returns whether the declared length exceeds the limit; the decoder accepts digits only. */
    private boolean exceedsLimit(String contentLength) {
        return contentLength != null && Long.parseLong(contentLength.trim()) > bounds.maxBodyBytes();
    }

    private static ApiException malformed(String detail) {
        return new ApiException(ApiError.MALFORMED_REQUEST, detail);
    }

    private void reject(HttpServerRequest request, ApiException problem) {
        connections.endAfter(request);
        String requestId = RequestIds.assign(request);
        SecurityHeaders.putOn(request.response(), bounds.tls());
        GracefulClose.announce(request);
        ProblemDetails.write(request.response(), problem, requestId)
                .onComplete(sent -> GracefulClose.close(vertx, request));
        AccessLog.write(request, 0, requestId, null);
    }
}
