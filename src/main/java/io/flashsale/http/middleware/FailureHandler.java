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

/** The one place where a failure becomes an answer: problem details as RFC 9457 has them, and nothing that leaks. */
public final class FailureHandler implements Handler<RoutingContext> {
    private static final Logger LOG = LoggerFactory.getLogger(FailureHandler.class);
    private static final Duration SOON = Duration.ofSeconds(1);

    @Override
    public void handle(RoutingContext ctx) {
        if (ctx.response().ended() || ctx.response().closed()) {
            return;
        }
        if (ctx.response().headWritten()) {
            // Half an answer is out: only the end of the connection can tell that it is not whole.
            ctx.request().connection().close();
            return;
        }
        answer(ctx, explain(ctx, ctx.failure()));
    }

    /** What a failure means to the client. */
    public static ApiException explain(RoutingContext ctx, Throwable failure) {
        if (failure instanceof ApiException known) {
            return known;
        }
        if (failure instanceof InvalidFieldsException invalid) {
            return ApiException.ofFields(ApiError.VALIDATION_FAILED, invalid.errors());
        }
        if (failure instanceof AccessDeniedException refusal) {
            return refused(refusal);
        }
        if (failure instanceof RedisUnavailableException || failure instanceof StoreUnavailableException) {
            return new ApiException(ApiError.UNAVAILABLE, "a store does not answer just now; try again")
                    .retryAfter(SOON);
        }
        if (failure instanceof VersionConflictException) {
            return new ApiException(ApiError.VERSION_CONFLICT, failure.getMessage() + "; read it again");
        }
        if (failure instanceof SaleNotPausedException) {
            return new ApiException(ApiError.SALE_NOT_PAUSED, failure.getMessage());
        }
        if (failure instanceof OrderNotCancellableException) {
            return new ApiException(ApiError.ORDER_NOT_CANCELLABLE, failure.getMessage());
        }
        if (failure instanceof ReplyException) {
            // Nobody at the other end of the bus, or no answer in time: the outcome is unknown, not an error of ours.
            return new ApiException(ApiError.UNAVAILABLE, "no answer in time; try again").retryAfter(SOON);
        }
        return byStatus(ctx, failure);
    }

    private static ApiException refused(AccessDeniedException refusal) {
        ApiException answer = switch (refusal.reason()) {
            case NOT_AUTHENTICATED ->
                new ApiException(
                        ApiError.NOT_AUTHENTICATED,
                        "sign in again: POST /api/v1/auth/login, then POST /api/v1/auth/verify-otp");
            case WRONG_CREDENTIALS ->
                new ApiException(ApiError.WRONG_CREDENTIALS, "no account has this e-mail address and password");
            case OTP_REQUIRED ->
                new ApiException(ApiError.OTP_REQUIRED, "enter the code that was mailed: POST /api/v1/auth/verify-otp");
            case OTP_INVALID ->
                new ApiException(ApiError.OTP_INVALID, "the code is wrong, expired or used up; ask for a new one");
            case FORBIDDEN -> new ApiException(ApiError.FORBIDDEN, "this needs the role admin");
            case EMAIL_TAKEN -> new ApiException(ApiError.EMAIL_TAKEN, "sign in, or ask for a new password");
            case RATE_LIMITED -> new ApiException(ApiError.RATE_LIMITED, "come back after Retry-After seconds");
            case OVERLOADED -> new ApiException(ApiError.OVERLOADED, "come back after Retry-After seconds");
        };
        return answer.retryAfter(refusal.retryAfter());
    }

    private static ApiException byStatus(RoutingContext ctx, Throwable failure) {
        return switch (ctx.statusCode()) {
            case 400 -> new ApiException(ApiError.MALFORMED_REQUEST, "the request line or a header is not valid");
            case 404 -> new ApiException(ApiError.NOT_FOUND, "there is nothing at this path");
            case 405 -> new ApiException(ApiError.METHOD_NOT_ALLOWED, "see the Allow header");
            case 413 -> new ApiException(ApiError.BODY_TOO_LARGE, "the body is larger than this server takes");
            default -> {
                if ((ctx.statusCode() >= 400 && ctx.statusCode() < 500) || isBrokenHttp(failure)) {
                    yield new ApiException(ApiError.MALFORMED_REQUEST, "this cannot be answered");
                }
                LOG.atError()
                        .setCause(failure)
                        .addKeyValue("requestId", RequestIds.of(ctx))
                        .addKeyValue("status", ctx.statusCode())
                        .log("a request failed in an unforeseen way");
                yield new ApiException(ApiError.INTERNAL, "it was logged under the requestId");
            }
        };
    }

    /** A chunk that is none is found by the codec, long after the headers were fine. */
    private static boolean isBrokenHttp(Throwable failure) {
        return failure != null
                && failure.getStackTrace().length > 0
                && failure.getStackTrace()[0].getClassName().startsWith("io.netty.handler.codec.");
    }

    private static void answer(RoutingContext ctx, ApiException problem) {
        HttpServerRequest request = ctx.request();
        // The rest of a body that is too long is not waited for. One in chunks is looked after by CloseAfterChunked.
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
