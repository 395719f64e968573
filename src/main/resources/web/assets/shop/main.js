import {html} from '../vendor/lit-html/lit-html.js';
import {icon} from '../common/icons.js';
import {header, skipLink} from '../common/frame.js';
import {focusOn, mount, refresh} from '../common/render.js';
import {onSignedIn, recall, session} from '../common/session.js';
import {openSignIn, signInDialog} from '../common/sign-in.js';
import {texts} from '../texts.js';
import {home} from './home.js';
import {ordersPage, readOrder, readOrders} from './orders.js';
import {countsDownTo} from './pieces.js';
import {productPage, start} from './product.js';
import {announceChanges, keepLooking, readList, readProduct, shop, stateOf} from './products.js';
import {goOn, isCounting, unwish, wished} from './purchases.js';

/** What the address is for: its name, and the id in it or null. */
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
    <div id="news" class="visually-hidden" role="status" aria-live="polite"></div>`;
}

function enter() {
  window.scrollTo(0, 0);
  page().enter(route());
}

/** The products that the reader sees now, and whether they are the list. */
function shown() {
  const list = page() === pages.home;
  return {list, ids: list ? shop.list ?? [] : page() === pages.product ? [route().id] : []};
}

/** The states at the tick before: sales open and close by the clock, without an event. */
let statesBefore = '';

function tick() {
  const products = shown().ids.map(id => shop.byId.get(id)).filter(Boolean);
  const states = products.map(stateOf).join();
  if (states !== statesBefore || isCounting() || products.some(countsDownTo)) {
    refresh();
  }
  statesBefore = states;
  if (products.length === 1 && page() === pages.product) {
    announceChanges(products[0]);
  }
}

/** What was under way when this page was closed or reloaded goes on. */
async function pickUp() {
  await recall();
  const wish = wished();
  if (session.user) {
    goOn();
    page().enter(route());
  }
  if (wish && (session.user || session.codeDue)) {
    await readProduct(wish.productId).catch(() => {});
    const product = shop.byId.get(wish.productId);
    if (product) {
      window.location.hash = `#/product/${wish.productId}`;
      start(product, wish.quantity);
    }
  } else if (session.codeDue) {
    openSignIn();
  } else {
    unwish();
  }
}

mount(view, document.getElementById('page'));
onSignedIn(() => {
  goOn();
  page().enter(route());
});
window.addEventListener('hashchange', () => {
  enter();
  focusOn('h1');
});
enter();
pickUp();
keepLooking(shown);
setInterval(tick, 250);
