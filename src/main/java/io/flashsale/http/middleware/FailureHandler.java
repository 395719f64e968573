package io.flashsale.http.middleware;

import io.flashsale.catalog.SaleNotPausedException;
import io.flashsale.catalog.VersionConflictException;
import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.http.problem.ProblemDetails;
import io.flashsale.orders.OrderNotCancellableException;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.ratelimit.AccessDeniedException;
import io.flashsale.redis.RedisUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Converts every failure into problem details (RFC 9457) without leaking internal information. */
public final class FailureHandler implements Handler<RoutingContext> {
    private static final Logger LOG = LoggerFactory.getLogger(FailureHandler.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    @Override
    public void handle(RoutingContext ctx) {
        if (ctx.response().ended() || ctx.response().closed()) {
            return;
        }
        if (ctx.response().headWritten()) {
            // The response is already partly sent: closing the connection is the only way to show that it is
            // incomplete.
            ctx.request().connection().close();
            return;
        }
        respond(ctx, toApiException(ctx, ctx.failure()));
    }

    /** Converts a failure into the error that the client receives. */
    public static ApiException toApiException(RoutingContext ctx, Throwable failure) {
        if (failure instanceof ApiException known) {
            return known;
        }
        if (failure instanceof InvalidFieldsException invalid) {
            return ApiException.ofFields(ApiError.VALIDATION_FAILED, invalid.errors());
        }
        if (failure instanceof AccessDeniedException denied) {
            return accessDenied(denied);
        }
        if (failure instanceof RedisUnavailableException || failure instanceof StoreUnavailableException) {
            return new ApiException(ApiError.UNAVAILABLE, "a data store is temporarily unavailable; try again")
                    .retryAfter(RETRY_AFTER);
        }
        if (failure instanceof VersionConflictException) {
            return new ApiException(ApiError.VERSION_CONFLICT, failure.getMessage() + "; read the product again");
        }
        if (failure instanceof SaleNotPausedException) {
            return new ApiException(ApiError.SALE_NOT_PAUSED, failure.getMessage());
        }
        if (failure instanceof OrderNotCancellableException) {
            return new ApiException(ApiError.ORDER_NOT_CANCELLABLE, failure.getMessage());
        }
        if (failure instanceof ReplyException) {
            // The bus has no consumer, or its reply timed out: the outcome is unknown, which is not an internal error.
            return new ApiException(ApiError.UNAVAILABLE, "the request timed out; try again").retryAfter(RETRY_AFTER);
        }
        return byStatus(ctx, failure);
    }

    private static ApiException accessDenied(AccessDeniedException denied) {
        ApiException answer = switch (denied.reason()) {
            case NOT_AUTHENTICATED ->
                new ApiException(
                        ApiError.NOT_AUTHENTICATED,
                        "sign in again: POST /api/v1/auth/login, then POST /api/v1/auth/verify-otp");
            case WRONG_CREDENTIALS ->
                new ApiException(ApiError.WRONG_CREDENTIALS, "no account has this e-mail address and password");
            case OTP_REQUIRED ->
                new ApiException(ApiError.OTP_REQUIRED, "enter the code from the e-mail: POST /api/v1/auth/verify-otp");
            case OTP_INVALID ->
                new ApiException(ApiError.OTP_INVALID, "the code is wrong, expired or already used; request a new one");
            case FORBIDDEN -> new ApiException(ApiError.FORBIDDEN, "this requires the admin role");
            case EMAIL_TAKEN -> new ApiException(ApiError.EMAIL_TAKEN, "sign in, or reset your password");
            case RATE_LIMITED -> new ApiException(ApiError.RATE_LIMITED, "try again after the seconds in Retry-After");
            case OVERLOADED -> new ApiException(ApiError.OVERLOADED, "try again after the seconds in Retry-After");
        };
        return answer.retryAfter(denied.retryAfter());
    }

    private static ApiException byStatus(RoutingContext ctx, Throwable failure) {
        return switch (ctx.statusCode()) {
            case 400 -> new ApiException(ApiError.MALFORMED_REQUEST, "the request line or a header is invalid");
            case 404 -> new ApiException(ApiError.NOT_FOUND, "no resource exists at this path");
            case 405 -> new ApiException(ApiError.METHOD_NOT_ALLOWED, "the Allow header lists the allowed methods");
            case 413 -> new ApiException(ApiError.BODY_TOO_LARGE, "the body is larger than this server accepts");
            default -> {
                if ((ctx.statusCode() >= 400 && ctx.statusCode() < 500) || isBrokenHttp(failure)) {
                    yield new ApiException(ApiError.MALFORMED_REQUEST, "the request cannot be processed");
                }
                LOG.atError()
                        .setCause(failure)
                        .addKeyValue("requestId", RequestIds.of(ctx))
                        .addKeyValue("status", ctx.statusCode())
                        .log("request failed unexpectedly");
                yield new ApiException(ApiError.INTERNAL, "the error was logged under this requestId");
            }
        };
    }

    /** Returns whether the codec failed: it finds an invalid chunk long after it accepted the headers. */
    private static boolean isBrokenHttp(Throwable failure) {
        return failure != null
                && failure.getStackTrace().length > 0
                && failure.getStackTrace()[0].getClassName().startsWith("io.netty.handler.codec.");
    }

    private static void respond(RoutingContext ctx, ApiException problem) {
        HttpServerRequest request = ctx.request();
        // The rest of an oversized body is not awaited. CloseAfterChunked handles chunked bodies.
        boolean last =
                problem.error() == ApiError.BODY_TOO_LARGE && !request.headers().contains("Transfer-Encoding");
        if (last) {
            GracefulClose.announce(request);
        }
        Future<Void> sent = ProblemDetails.write(ctx.response(), problem, RequestIds.of(ctx));
        if (last) {
            sent.onComplete(out -> GracefulClose.close(ctx.vertx(), request));
        }
    }
}
