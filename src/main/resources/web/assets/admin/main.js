import {html} from '../vendor/lit-html/lit-html.js';
import {header, skipLink} from '../common/frame.js';
import {focusOn, mount, refresh} from '../common/render.js';
import {onSignedIn, recall, session} from '../common/session.js';
import {openSignIn, signInDialog} from '../common/sign-in.js';
import {texts} from '../texts.js';
import {audit, auditPage} from './audit.js';
import {watch} from './figures.js';
import {letters, lettersPage} from './letters.js';
import {orders, ordersPage} from './orders.js';
import {overviewPage} from './overview.js';
import {editProduct, productPage} from './product-form.js';
import {forgetNews, products, productsPage} from './products.js';

const text = texts.admin;
const REDRAW_MILLIS = 1_000;

const pages = {
  overview: {view: overviewPage, enter: () => {}},
  products: {view: ({id}) => id ? productPage() : productsPage(), enter: ({id}) => id ? editProduct(id) : products.read()},
  orders: {view: ordersPage, enter: () => orders.read()},
  letters: {view: lettersPage, enter: () => letters.read()},
  audit: {view: auditPage, enter: () => audit.read()},
};

/** The page that the address names, and the id in it or null. */
function route() {
  const [name, id] = window.location.hash.replace(/^#\/?/, '').split('/');
  return {name: name in pages ? name : 'overview', id: id || null};
}

function isAdmin() {
  return session.user?.role === 'admin';
}

function view() {
  const at = route();
  document.title = `${text.ways[at.name]} · ${text.title}`;
  return html`
    ${skipLink()}
    ${header(html`<a href="/"><span>${text.shop}</span></a>`, '#/', text.room)}
    ${isAdmin() ? html`
      <nav class="tabs" aria-label=${text.title}>${Object.keys(pages).map(name => html`
        <a href="#/${name}" aria-current=${name === at.name ? 'page' : 'false'}>${text.ways[name]}</a>`)}</nav>` : html``}
    <main id="main" tabindex="-1">${isAdmin() ? pages[at.name].view(at) : door()}</main>
    ${signInDialog()}
    <div id="news" class="visually-hidden" role="status" aria-live="polite"></div>`;
}

function door() {
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
    forgetNews();
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
recall().then(() => {
  enter();
  if (session.codeDue) {
    openSignIn();
  }
});
watch(() => isAdmin() && route().name === 'overview');
// States change by the clock alone.
setInterval(refresh, REDRAW_MILLIS);
