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

/** Acts as a visitor with a browser, and collects the errors and warnings of the browser's console. */
final class Visitor implements AutoCloseable {
    static final double TIMEOUT_MILLIS = 20_000;

    /** Expected messages: the browser logs every error response and every broken connection. */
    private static final List<String> EXPECTED = List.of("Failed to load resource:", "WebSocket connection to ");

    private final BrowserContext context;
    private final Page page;
    private final String origin;
    private final List<String> browserErrors = new ArrayList<>();

    Visitor(Browser browser, String origin, int width, int height) {
        this.origin = origin;
        context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setLocale("en-US"));
        context.setDefaultTimeout(TIMEOUT_MILLIS);
        page = context.newPage();
        page.onConsoleMessage(this::collect);
        page.onPageError(browserErrors::add);
    }

    /** Collects console messages, which include violations of the Content-Security-Policy. */
    private void collect(ConsoleMessage message) {
        boolean bad = message.type().equals("error") || message.type().equals("warning");
        if (bad && EXPECTED.stream().noneMatch(message.text()::startsWith)) {
            browserErrors.add(message.text());
        }
    }

    Page page() {
        return page;
    }

    /** Opens a path of the shop, including its fragment. */
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

    /** Signs up in the open dialog, including the code. */
    String signUp(TestNode node) {
        String email = Client.freshEmail();
        button("New here? Sign up").click();
        fillIn(email);
        enterCode(node, email);
        return email;
    }

    /** Signs in from the page header. */
    void signIn(TestNode node, String email) {
        page.locator("header").getByRole(AriaRole.BUTTON).getByText("Sign in").click();
        fillIn(email);
        enterCode(node, email);
        page.locator("header").getByText("Sign out").waitFor();
    }

    /** Signs up from the header of a product's page. */
    Visitor signedUpAt(TestNode node, String productId) {
        at("/#/product/" + productId);
        page.locator("header").getByText("Sign in").click();
        signUp(node);
        page.locator("header").getByText("Sign out").waitFor();
        return this;
    }

    /** Collects the idempotency keys that this browser sends from now on. */
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
        see("We sent a six-digit code to " + email);
        page.getByLabel("Code", new Page.GetByLabelOptions().setExact(true))
                .fill(node.client().codeSentTo(email));
        page.getByLabel("Code", new Page.GetByLabelOptions().setExact(true)).press("Enter");
    }

    List<String> browserErrors() {
        return browserErrors;
    }

    void hasNoBrowserErrors() {
        assertEquals(List.of(), browserErrors, page.url());
    }

    @Override
    public void close() {
        context.close();
    }
}
