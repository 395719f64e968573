import {html} from '../vendor/lit-html/lit-html.js';
import {header, skipLink} from '../common/layout.js';
import {focusOn, mount, refresh} from '../common/render.js';
import {onSignedIn, restoreSession, session} from '../common/session.js';
import {openSignIn, signInDialog} from '../common/sign-in.js';
import {texts} from '../texts.js';
import {audit, auditPage} from './audit.js';
import {deadLetters, deadLettersPage} from './dead-letters.js';
import {pollMetrics} from './metrics.js';
import {orders, ordersPage} from './orders.js';
import {overviewPage} from './overview.js';
import {editProduct, productPage} from './product-form.js';
import {clearNotice, products, productsPage} from './products.js';

const text = texts.admin;
const RENDER_MILLIS = 1_000;

const pages = {
  overview: {view: overviewPage, enter: () => {}},
  products: {view: ({id}) => id ? productPage() : productsPage(), enter: ({id}) => id ? editProduct(id) : products.read()},
  orders: {view: ordersPage, enter: () => orders.read()},
  'dead-letters': {view: deadLettersPage, enter: () => deadLetters.read()},
  audit: {view: auditPage, enter: () => audit.read()},
};

/** Former names of pages, which bookmarks may still contain. */
const renamed = {letters: 'dead-letters'};

/** Parses the URL's fragment into the name of a page and an id, or null. */
function route() {
  const [named, id] = window.location.hash.replace(/^#\/?/, '').split('/');
  const name = renamed[named] ?? named;
  return {name: name in pages ? name : 'overview', id: id || null};
}

function isAdmin() {
  return session.user?.role === 'admin';
}

function view() {
  const at = route();
  document.title = `${text.links[at.name]} · ${text.title}`;
  return html`
    ${skipLink()}
    ${header(html`<a href="/"><span>${text.shop}</span></a>`, '#/', text.area)}
    ${isAdmin() ? html`
      <nav class="tabs" aria-label=${text.title}>${Object.keys(pages).map(name => html`
        <a href="#/${name}" aria-current=${name === at.name ? 'page' : 'false'}>${text.links[name]}</a>`)}</nav>` : html``}
    <main id="main" tabindex="-1">${isAdmin() ? pages[at.name].view(at) : signInPrompt()}</main>
    ${signInDialog()}
    <div id="live-region" class="visually-hidden" role="status" aria-live="polite"></div>`;
}

function signInPrompt() {
  if (!session.known) {
    return html`<h1 tabindex="-1" class="visually-hidden">${text.title}</h1><p class="empty">${texts.loading}</p>`;
  }
  return html`
    <div class="empty">
      <h1 tabindex="-1">${text.title}</h1>
      <p>${session.user ? text.forbidden(session.user.email) : text.signIn}</p>
      ${session.user ? html`` : html`
        <button class="primary" @click=${() => openSignIn()}>${texts.signIn.password.action}</button>`}
    </div>`;
}

function enter() {
  if (isAdmin()) {
    clearNotice();
    pages[route().name].enter(route());
  }
}

mount(view, document.getElementById('page'));
onSignedIn(() => {
  enter();
  focusOn('h1');
});
window.addEventListener('hashchange', () => {
  window.scrollTo(0, 0);
  enter();
  focusOn('h1');
});
restoreSession().then(() => {
  enter();
  if (session.codePending) {
    openSignIn();
  }
});
pollMetrics(() => isAdmin() && route().name === 'overview');
// Sales open and close by the clock, without an event.
setInterval(refresh, RENDER_MILLIS);
