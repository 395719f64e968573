package io.flashsale.auth;

import io.flashsale.ratelimit.AccessDeniedException;
import io.flashsale.ratelimit.AccessDeniedException.Reason;
import io.flashsale.ratelimit.Action;
import io.flashsale.ratelimit.ClientAddress;
import io.flashsale.ratelimit.RateLimiter;
import io.flashsale.ratelimit.RateLimiter.Verdict;
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
 * The steps of the gate as handlers of a route.
 *
 * <p>Belongs to the event loop of its sessions.
 */
public final class AuthHandlers {
    /** The cookie that carries the session's id. */
    public static final String COOKIE = "sessionId";

    private static final String SESSION = Session.class.getName();
    private static final String USER = User.class.getName();

    private final RateLimiter limiter;
    private final SessionService sessions;
    private final ClientAddress addresses;

    /** Wires the gate. */
    public AuthHandlers(RateLimiter limiter, SessionService sessions, ClientAddress addresses) {
        this.limiter = limiter;
        this.sessions = sessions;
        this.addresses = addresses;
    }

    /** Counts the call by its address. */
    public SecurityPolicyHandler limited(Action action) {
        return ctx -> {
            ctx.request().pause();
            limiter.byAddress(action, address(ctx))
                    .compose(verdict -> admit(ctx, "ip", verdict))
                    .onComplete(go(ctx));
        };
    }

    /** Counts the call by its address and looks its session up, both in one trip to Redis. */
    public SecurityPolicyHandler withSession(Action action) {
        return withSession(action, sessions::find);
    }

    /** The same, and where Redis is away the session is looked up in MongoDB: for what an admin needs to see then. */
    public SecurityPolicyHandler withSessionAnywhere(Action action) {
        return withSession(action, sessions::findAnywhere);
    }

    private SecurityPolicyHandler withSession(Action action, Function<String, Future<Optional<Session>>> find) {
        return ctx -> {
            ctx.request().pause();
            Future<Optional<Verdict>> counted = limiter.byAddress(action, address(ctx));
            boolean refusedAlready = counted.succeeded()
                    && counted.result().filter(verdict -> !verdict.admitted()).isPresent();
            Cookie cookie = ctx.request().getCookie(COOKIE);
            Future<Optional<Session>> found = cookie == null || refusedAlready
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
                    .onComplete(go(ctx));
        };
    }

    /** Lets pass whose code was entered. */
    public Handler<RoutingContext> verified() {
        return ctx -> {
            if (session(ctx).verified()) {
                ctx.next();
            } else {
                ctx.fail(new AccessDeniedException(Reason.OTP_REQUIRED));
            }
        };
    }

    /** Lets pass who has the role. */
    public Handler<RoutingContext> admin() {
        return ctx -> {
            if (Identity.isAdmin(ctx.get(USER))) {
                ctx.next();
            } else {
                ctx.fail(new AccessDeniedException(Reason.FORBIDDEN));
            }
        };
    }

    /** Counts the call by its user. */
    public Handler<RoutingContext> userLimited(Action action) {
        return ctx -> limiter.byUser(action, session(ctx).userId())
                .compose(verdict -> admit(ctx, "user", verdict))
                .onSuccess(admitted -> ctx.next())
                .onFailure(ctx::fail);
    }

    /** Who is calling; only behind {@link #withSession}. */
    public static Session session(RoutingContext ctx) {
        return ctx.get(SESSION);
    }

    /** The user id for the access log, or null. */
    public static String userIdOf(RoutingContext ctx) {
        Session session = ctx.get(SESSION);
        return session == null ? null : session.userId();
    }

    /** The address that this call is counted by. */
    public String address(RoutingContext ctx) {
        return addresses.of(ctx.request());
    }

    private static io.vertx.core.Completable<Void> go(RoutingContext ctx) {
        return (done, failure) -> {
            ctx.request().resume();
            if (failure == null) {
                ctx.next();
            } else {
                ctx.fail(failure);
            }
        };
    }

    /** Tells the client where it stands (IETF draft-ietf-httpapi-ratelimit-headers-10), and refuses. */
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
                "\"" + policy + "\";r=" + verdict.remaining() + ";t=" + secondsUp(verdict.reset()));
        return RateLimiter.require(counted, null);
    }

    private static void append(HttpServerResponse response, String header, String item) {
        String before = response.headers().get(header);
        response.putHeader(header, before == null ? item : before + ", " + item);
    }

    private static long secondsUp(Duration duration) {
        return Math.max(1, (duration.toMillis() + 999) / 1_000);
    }
}
