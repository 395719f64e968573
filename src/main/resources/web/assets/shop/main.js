import {html} from '../vendor/lit-html/lit-html.js';
import {icon} from '../common/icons.js';
import {header, skipLink} from '../common/layout.js';
import {focusOn, mount, refresh} from '../common/render.js';
import {onSignedIn, restoreSession, session} from '../common/session.js';
import {openSignIn, signInDialog} from '../common/sign-in.js';
import {texts} from '../texts.js';
import {countdownEnd} from './components.js';
import {home} from './home.js';
import {ordersPage, readOrder, readOrders} from './orders.js';
import {productPage, start} from './product.js';
import {announceChanges, pollForChanges, readList, readProduct, shop, stateOf} from './products.js';
import {resumePurchases, isCountingDown, clearPendingPurchase, pendingPurchase} from './purchases.js';

/** Parses the URL's fragment into the name of a page and an id, or null. */
function route() {
  const [name, id] = window.location.hash.replace(/^#\/?/, '').split('/');
  return {name: name || 'home', id: id || null};
}

const pages = {
  home: {title: () => texts.home.title, view: home, enter: () => readList()},
  product: {
    title: ({id}) => shop.byId.get(id)?.name ?? texts.product.title,
    view: ({id}) => productPage(id),
    enter: ({id}) => readProduct(id).catch(() => {}),
  },
  orders: {
    title: ({id}) => id ? texts.orders.one : texts.orders.title,
    view: ({id}) => ordersPage(id),
    enter: ({id}) => id ? readOrder(id) : readOrders(),
  },
};

function page() {
  return pages[route().name] ?? pages.home;
}

function view() {
  const at = route();
  document.title = `${page().title(at)} · ${texts.shop}`;
  return html`
    ${skipLink()}
    ${header(html`
      <a href="#/orders" aria-current=${at.name === 'orders' ? 'page' : 'false'}>${icon('ticket')}<span>${texts.orders.link}</span></a>`)}
    <main id="main" tabindex="-1">${page().view(at)}</main>
    <footer class="foot"><p>${texts.foot}</p></footer>
    ${signInDialog()}
    <div id="live-region" class="visually-hidden" role="status" aria-live="polite"></div>`;
}

function enter() {
  window.scrollTo(0, 0);
  page().enter(route());
}

/** Returns the ids of the products on the screen, and whether they are the list. */
function shown() {
  const list = page() === pages.home;
  return {list, ids: list ? shop.list ?? [] : page() === pages.product ? [route().id] : []};
}

/** The states at the last tick: sales open and close by the clock, without an event. */
let lastStates = '';

function tick() {
  const products = shown().ids.map(id => shop.byId.get(id)).filter(Boolean);
  const states = products.map(stateOf).join();
  if (states !== lastStates || isCountingDown() || products.some(countdownEnd)) {
    refresh();
  }
  lastStates = states;
  if (products.length === 1 && page() === pages.product) {
    announceChanges(products[0]);
  }
}

/** Resumes whatever was in progress when this page was closed or reloaded. */
async function resume() {
  await restoreSession();
  const pending = pendingPurchase();
  if (session.user) {
    resumePurchases();
    page().enter(route());
  }
  if (pending && (session.user || session.codePending)) {
    await readProduct(pending.productId).catch(() => {});
    const product = shop.byId.get(pending.productId);
    if (product) {
      window.location.hash = `#/product/${pending.productId}`;
      start(product, pending.quantity);
    }
  } else if (session.codePending) {
    openSignIn();
  } else {
    clearPendingPurchase();
  }
}

mount(view, document.getElementById('page'));
onSignedIn(() => {
  resumePurchases();
  page().enter(route());
});
window.addEventListener('hashchange', () => {
  enter();
  focusOn('h1');
});
enter();
resume();
pollForChanges(shown);
setInterval(tick, 250);
