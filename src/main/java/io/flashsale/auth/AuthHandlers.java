package io.flashsale.auth;

import io.flashsale.ratelimit.AccessDeniedException;
import io.flashsale.ratelimit.AccessDeniedException.Reason;
import io.flashsale.ratelimit.Action;
import io.flashsale.ratelimit.ClientAddress;
import io.flashsale.ratelimit.RateLimiter;
import io.flashsale.ratelimit.RateLimiter.Verdict;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Creates the route handlers that authenticate, authorize and rate-limit requests.
 *
 * <p>Confined to the event loop of its sessions.
 */
public final class AuthHandlers {
    /** The name of the cookie that carries the session id. */
    public static final String COOKIE = "sessionId";

    private static final String SESSION = Session.class.getName();
    private static final String USER = User.class.getName();

    private final RateLimiter limiter;
    private final SessionService sessions;
    private final ClientAddress addresses;

    /** Creates a factory of handlers. */
    public AuthHandlers(RateLimiter limiter, SessionService sessions, ClientAddress addresses) {
        this.limiter = limiter;
        this.sessions = sessions;
        this.addresses = addresses;
    }

    /** Limits requests by client address. */
    public SecurityPolicyHandler limited(Action action) {
        return ctx -> {
            ctx.request().pause();
            limiter.byAddress(action, address(ctx))
                    .compose(verdict -> admit(ctx, "ip", verdict))
                    .onComplete(resume(ctx));
        };
    }

    /** Limits requests by client address and looks up the session, both in one round trip to Redis. */
    public SecurityPolicyHandler withSession(Action action) {
        return withSession(action, sessions::find);
    }

    /** Does the same, but looks up the session in MongoDB during a Redis outage: for pages that an admin needs then. */
    public SecurityPolicyHandler withSessionOrFallback(Action action) {
        return withSession(action, sessions::findOrFallback);
    }

    private SecurityPolicyHandler withSession(Action action, Function<String, Future<Optional<Session>>> find) {
        return ctx -> {
            ctx.request().pause();
            Future<Optional<Verdict>> counted = limiter.byAddress(action, address(ctx));
            boolean alreadyDenied = counted.succeeded()
                    && counted.result().filter(verdict -> !verdict.admitted()).isPresent();
            Cookie cookie = ctx.request().getCookie(COOKIE);
            Future<Optional<Session>> found = cookie == null || alreadyDenied
                    ? Future.succeededFuture(Optional.empty())
                    : find.apply(cookie.getValue());
            counted.compose(verdict -> admit(ctx, "ip", verdict))
                    .compose(admitted -> found)
                    .compose(session -> {
                        if (session.isEmpty()) {
                            return Future.failedFuture(new AccessDeniedException(Reason.NOT_AUTHENTICATED));
                        }
                        ctx.put(SESSION, session.get());
                        ctx.put(USER, Identity.of(session.get()));
                        return Future.<Void>succeededFuture();
                    })
                    .onComplete(resume(ctx));
        };
    }

    /** Admits only verified sessions, whose one-time code was entered. */
    public Handler<RoutingContext> verified() {
        return ctx -> {
            if (session(ctx).verified()) {
                ctx.next();
            } else {
                ctx.fail(new AccessDeniedException(Reason.OTP_REQUIRED));
            }
        };
    }

    /** Admits only users with the admin role. */
    public Handler<RoutingContext> admin() {
        return ctx -> {
            if (Identity.isAdmin(ctx.get(USER))) {
                ctx.next();
            } else {
                ctx.fail(new AccessDeniedException(Reason.FORBIDDEN));
            }
        };
    }

    /** Limits requests by user. */
    public Handler<RoutingContext> userLimited(Action action) {
        return ctx -> limiter.byUser(action, session(ctx).userId())
                .compose(verdict -> admit(ctx, "user", verdict))
                .onSuccess(admitted -> ctx.next())
                .onFailure(ctx::fail);
    }

    /** Returns the caller's session. Works only after {@link #withSession}. */
    public static Session session(RoutingContext ctx) {
        return ctx.get(SESSION);
    }

    /** Returns the user id for the access log, or null. */
    public static String userIdOf(RoutingContext ctx) {
        Session session = ctx.get(SESSION);
        return session == null ? null : session.userId();
    }

    /** Returns the client address that rate limits apply to. */
    public String address(RoutingContext ctx) {
        return addresses.of(ctx.request());
    }

    private static Completable<Void> resume(RoutingContext ctx) {
        return (done, failure) -> {
            ctx.request().resume();
            if (failure == null) {
                ctx.next();
            } else {
                ctx.fail(failure);
            }
        };
    }

    /**
     * Sets the rate-limit headers (IETF draft-ietf-httpapi-ratelimit-headers-10), and fails if the limit is exceeded.
     */
    private static Future<Void> admit(RoutingContext ctx, String policy, Optional<Verdict> counted) {
        if (counted.isEmpty()) {
            return Future.succeededFuture();
        }
        Verdict verdict = counted.get();
        HttpServerResponse response = ctx.response();
        append(
                response,
                "RateLimit-Policy",
                "\"" + policy + "\";q=" + verdict.limit().count() + ";w="
                        + verdict.limit().window().toSeconds());
        append(
                response,
                "RateLimit",
                "\"" + policy + "\";r=" + verdict.remaining() + ";t=" + secondsRoundedUp(verdict.reset()));
        return RateLimiter.require(counted, null);
    }

    private static void append(HttpServerResponse response, String header, String item) {
        String existing = response.headers().get(header);
        response.putHeader(header, existing == null ? item : existing + ", " + item);
    }

    private static long secondsRoundedUp(Duration duration) {
        return Math.max(1, (duration.toMillis() + 999) / 1_000);
    }
}
