package io.flashsale.http.endpoint;

import io.flashsale.auth.AccountService;
import io.flashsale.auth.AuthHandlers;
import io.flashsale.auth.Session;
import io.flashsale.auth.SessionToken;
import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.message.RequestJson;
import io.flashsale.persistence.account.Account;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;

/** Serves registration, sign-in and account management. */
public final class AuthEndpoints {
    private final AccountService accounts;
    private final AuthHandlers authHandlers;
    private final boolean secureCookies;
    private final Clock clock;

    public AuthEndpoints(AccountService accounts, AuthHandlers authHandlers, boolean secureCookies, Clock clock) {
        this.accounts = accounts;
        this.authHandlers = authHandlers;
        this.secureCookies = secureCookies;
        this.clock = clock;
    }

    public void register(RoutingContext ctx) {
        RequestJson body = RequestJson.of(ctx);
        String email = body.requiredText("email");
        String password = body.requiredText("password");
        body.nullable("name");
        String name = body.text("name");
        body.check();
        accounts.register(email, password, name)
                .onSuccess(account -> JsonResponses.json(
                        ctx,
                        201,
                        new JsonObject()
                                .put("userId", account.userId())
                                .put("email", account.email())
                                .put("name", account.name())))
                .onFailure(ctx::fail);
    }

    public void login(RoutingContext ctx) {
        RequestJson body = RequestJson.of(ctx);
        String email = body.requiredText("email");
        String password = body.requiredText("password");
        body.check();
        accounts.login(email, password, authHandlers.address(ctx))
                .onSuccess(login -> {
                    setCookie(ctx, login.token());
                    JsonResponses.json(
                            ctx,
                            200,
                            new JsonObject()
                                    .put("otpRequired", true)
                                    .put("expiresAt", JsonResponses.time(login.codeExpiresAt())));
                })
                .onFailure(ctx::fail);
    }

    public void sendCode(RoutingContext ctx) {
        accounts.sendCode(AuthHandlers.session(ctx))
                .onSuccess(expiresAt ->
                        JsonResponses.json(ctx, 202, new JsonObject().put("expiresAt", JsonResponses.time(expiresAt))))
                .onFailure(ctx::fail);
    }

    public void verify(RoutingContext ctx) {
        RequestJson body = RequestJson.of(ctx);
        String code = body.requiredText("code");
        body.check();
        accounts.verify(AuthHandlers.session(ctx), code, authHandlers.address(ctx))
                .onSuccess(verified -> {
                    Session session = verified.session();
                    setCookie(ctx, verified.token());
                    JsonResponses.json(
                            ctx,
                            200,
                            new JsonObject()
                                    .put("userId", session.userId())
                                    .put("email", session.email())
                                    .put("role", session.role())
                                    .put("expiresAt", JsonResponses.time(session.expiresAt())));
                })
                .onFailure(ctx::fail);
    }

    public void logout(RoutingContext ctx) {
        accounts.logout(AuthHandlers.session(ctx))
                .onSuccess(done -> signedOut(ctx))
                .onFailure(ctx::fail);
    }

    public void logoutAll(RoutingContext ctx) {
        accounts.logoutAll(AuthHandlers.session(ctx))
                .onSuccess(done -> signedOut(ctx))
                .onFailure(ctx::fail);
    }

    public void changePassword(RoutingContext ctx) {
        RequestJson body = RequestJson.of(ctx);
        String current = body.requiredText("current");
        String next = body.requiredText("next");
        body.check();
        accounts.changePassword(AuthHandlers.session(ctx), current, next)
                .onSuccess(done -> JsonResponses.empty(ctx, 204))
                .onFailure(ctx::fail);
    }

    public void forgotPassword(RoutingContext ctx) {
        RequestJson body = RequestJson.of(ctx);
        String email = body.requiredText("email");
        body.check();
        accounts.forgotPassword(email)
                .onSuccess(done -> JsonResponses.json(ctx, 202, new JsonObject()))
                .onFailure(ctx::fail);
    }

    public void resetPassword(RoutingContext ctx) {
        RequestJson body = RequestJson.of(ctx);
        String email = body.requiredText("email");
        String code = body.requiredText("code");
        String password = body.requiredText("password");
        body.check();
        accounts.resetPassword(email, code, password)
                .onSuccess(done -> JsonResponses.empty(ctx, 204))
                .onFailure(ctx::fail);
    }

    public void profile(RoutingContext ctx) {
        accounts.profile(AuthHandlers.session(ctx))
                .onSuccess(account -> JsonResponses.json(ctx, 200, profileOf(account)))
                .onFailure(ctx::fail);
    }

    private static JsonObject profileOf(Account account) {
        return new JsonObject()
                .put("userId", account.userId())
                .put("email", account.email())
                .put("name", account.name())
                .put("role", account.role())
                .put("createdAt", JsonResponses.time(account.createdAt()));
    }

    private void signedOut(RoutingContext ctx) {
        setCookie(ctx, "", 0);
        JsonResponses.empty(ctx, 204);
    }

    private void setCookie(RoutingContext ctx, SessionToken token) {
        long seconds = Duration.between(clock.instant(), token.expiresAt()).toSeconds();
        setCookie(ctx, token.value(), Math.max(1, seconds));
    }

    /** Sets the session cookie, hidden from scripts and never sent from other sites, which prevents request forgery. */
    private void setCookie(RoutingContext ctx, String value, long seconds) {
        ctx.response()
                .headers()
                .add(
                        "Set-Cookie",
                        AuthHandlers.COOKIE + "=" + value + "; Max-Age=" + seconds
                                + "; HttpOnly; SameSite=Strict; Path=/" + (secureCookies ? "; Secure" : ""));
    }
}
