package io.flashsale.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ReducedMotion;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Somebody in front of a browser, and everything that the browser complains about meanwhile. */
final class Visitor implements AutoCloseable {
    static final double PATIENCE_MILLIS = 20_000;

    /** Not a fault of the page: the browser tells of every answer that is a refusal, and of every connection that broke. */
    private static final List<String> NO_FAULT = List.of("Failed to load resource:", "WebSocket connection to ");

    private final BrowserContext context;
    private final Page page;
    private final String origin;
    private final List<String> complaints = new ArrayList<>();

    Visitor(Browser browser, String origin, int width, int height) {
        this.origin = origin;
        context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setLocale("en-US"));
        context.setDefaultTimeout(PATIENCE_MILLIS);
        page = context.newPage();
        page.onConsoleMessage(this::heard);
        page.onPageError(complaints::add);
    }

    /** The Content-Security-Policy speaks here, too. */
    private void heard(ConsoleMessage message) {
        boolean bad = message.type().equals("error") || message.type().equals("warning");
        if (bad && NO_FAULT.stream().noneMatch(message.text()::startsWith)) {
            complaints.add(message.text());
        }
    }

    Page page() {
        return page;
    }

    /** Goes to a path of the shop, with what stands behind the #. */
    Visitor at(String path) {
        page.navigate(origin + path);
        return this;
    }

    Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
    }

    Locator buyButton() {
        return page.locator("button[data-role=buy]");
    }

    Locator see(String text) {
        Locator found = page.getByText(text).first();
        found.waitFor();
        return found;
    }

    /** Signs up in the dialog that is open, code and all. */
    String signUp(TestNode node) {
        String email = Client.freshEmail();
        button("New here? Sign up").click();
        fillIn(email);
        enterCode(node, email);
        return email;
    }

    /** Signs in from the head of the page. */
    void signIn(TestNode node, String email) {
        page.locator("header").getByRole(AriaRole.BUTTON).getByText("Sign in").click();
        fillIn(email);
        enterCode(node, email);
        page.locator("header").getByText("Sign out").waitFor();
    }

    /** Signs up from the head of a product's page. */
    Visitor signedUpAt(TestNode node, String productId) {
        at("/#/product/" + productId);
        page.locator("header").getByText("Sign in").click();
        signUp(node);
        page.locator("header").getByText("Sign out").waitFor();
        return this;
    }

    /** The idempotency keys that this browser sends from now on. */
    Set<String> keys() {
        Set<String> keys = new ConcurrentSkipListSet<>();
        page.onRequest(request -> {
            String key = request.headers().get("idempotency-key");
            if (key != null) {
                keys.add(key);
            }
        });
        return keys;
    }

    private void fillIn(String email) {
        page.getByLabel("E-mail").fill(email);
        page.getByLabel("Password").fill(Client.PASSWORD);
        page.getByLabel("Password").press("Enter");
    }

    private void enterCode(TestNode node, String email) {
        see("We sent a code of six digits to " + email);
        page.getByLabel("Code", new Page.GetByLabelOptions().setExact(true))
                .fill(node.client().codeSentTo(email));
        page.getByLabel("Code", new Page.GetByLabelOptions().setExact(true)).press("Enter");
    }

    List<String> complaints() {
        return complaints;
    }

    void hasNothingToComplainAbout() {
        assertEquals(List.of(), complaints, page.url());
    }

    @Override
    public void close() {
        context.close();
    }
}
