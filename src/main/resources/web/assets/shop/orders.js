import {repeat} from '../vendor/lit-html/directives/repeat.js';
import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {call} from '../common/api.js';
import {art} from '../common/art.js';
import {money, number, time} from '../common/format.js';
import {announce, focusOn, refresh} from '../common/render.js';
import {session} from '../common/session.js';
import {openSignIn} from '../common/sign-in.js';
import {texts} from '../texts.js';
import {readProduct, shop} from './products.js';

const PAGE_SIZE = 20;
const text = texts.orders;

/** Holds the orders that this page has read; `userId` is their buyer, `toCancel` the order that the dialog asks about. */
const orders = {userId: null, items: null, next: null, error: null, toCancel: null, busy: null, problem: null};

/** Reads the first page, or the next one. */
export async function readOrders(more = false) {
  const user = session.user;
  if (!user) {
    return;
  }
  if (orders.userId !== user.userId) {
    Object.assign(orders, {userId: user.userId, items: null, next: null});
  }
  try {
    const cursor = more ? `&cursor=${encodeURIComponent(orders.next)}` : '';
    const {body} = await call('GET', `/api/v1/user/orders?limit=${PAGE_SIZE}${cursor}`);
    orders.items = more ? [...orders.items, ...body.items] : body.items;
    orders.next = body.next;
    orders.error = null;
    readProductNames(body.items);
  } catch (failure) {
    orders.error = failure;
  }
  refresh();
}

/** Reads one order, for the page that shows it alone. */
export async function readOrder(id) {
  if (!session.user || !id) {
    return;
  }
  try {
    const {body} = await call('GET', `/api/v1/user/orders/${encodeURIComponent(id)}`);
    const rest = orders.userId === session.user.userId ? (orders.items ?? []) : [];
    Object.assign(orders, {
      userId: session.user.userId, error: null, items: [body, ...rest.filter(order => order.orderId !== id)],
    });
    readProductNames([body]);
  } catch (failure) {
    orders.error = failure;
  }
  refresh();
}

function readProductNames(items) {
  const missing = new Set(items.map(order => order.productId).filter(id => !shop.byId.has(id)));
  missing.forEach(id => readProduct(id).catch(() => {}));
}

/** Renders all orders, or one. */
export function ordersPage(id = null) {
  return html`
    <h1 class="display" tabindex="-1">${id ? text.one : text.title}</h1>
    ${body(id)}
    ${cancelDialog()}`;
}

function body(id) {
  if (session.known && !session.user) {
    return html`
      <div class="empty"><p>${text.signIn}</p>
        <button class="primary" @click=${() => openSignIn()}>
          ${texts.signIn.password.action}</button></div>`;
  }
  if (orders.error) {
    return html`
      <div class="empty" role="status"><p>${texts.problem(orders.error)}</p>
        <button @click=${() => id ? readOrder(id) : readOrders()}>${texts.again}</button></div>`;
  }
  const items = orders.userId === session.user?.userId ? orders.items : null;
  if (items === null) {
    return html`<p class="empty" role="status">${texts.loading}</p>`;
  }
  const shown = id ? items.filter(order => order.orderId === id) : items;
  if (shown.length === 0) {
    return html`<div class="empty"><p>${text.none}</p><p><a class="button" href="#/">${texts.toSale}</a></p></div>`;
  }
  return html`
    <ul class="orders">${repeat(shown, order => order.orderId, orderTicket)}</ul>
    ${id ? html`<p><a href="#/orders">${text.all}</a></p>`
      : orders.next ? html`<p class="more"><button @click=${() => readOrders(true)}>${text.next}</button></p>` : nothing}`;
}

function nameOf(order) {
  return shop.byId.get(order.productId)?.name ?? text.unlisted;
}

function orderTicket(order) {
  const active = order.status === 'placed' || order.status === 'reserved';
  return html`
    <li class="order" data-status=${order.status}>
      <div class="order-art">${art(order.productId)}</div>
      <div class="order-main">
        <p class="order-status">${text.status[order.status]}</p>
        <h2>${nameOf(order)}</h2>
        <p>${text.line(order.quantity, money(order.total, order.currency), time(order.reservedAt))}</p>
        <p class="order-number"><span>${texts.purchase.orderNumber}</span><code>${order.orderId}</code></p>
      </div>
      <div class="order-side">
        ${active ? html`
          <p class="order-units"><span>${texts.purchase.placed.units(order.units.length)}</span>
            <b>${order.units.map(unit => number(unit)).join(', ')}</b></p>
          <button aria-label=${text.cancelThis(nameOf(order))} @click=${() => openCancelDialog(order)}>${text.cancel}</button>`
          : nothing}
      </div>
    </li>`;
}

async function openCancelDialog(order) {
  Object.assign(orders, {toCancel: order, problem: null});
  await focusOn('#cancel-order');
  document.getElementById('cancel-order').showModal();
}

function cancelDialog() {
  const order = orders.toCancel;
  return html`
    <dialog id="cancel-order" class="sheet" aria-labelledby="cancel-title" @close=${() => {
      orders.toCancel = null;
      refresh();
    }}>
      ${order ? html`
        <h2 id="cancel-title">${text.cancelTitle}</h2>
        <p>${text.cancelBody(nameOf(order), order.quantity)}</p>
        ${orders.problem ? html`<p class="hint bad" role="status">${orders.problem}</p>` : nothing}
        <div class="row end">
          <button @click=${event => event.target.closest('dialog').close()}>${text.keep}</button>
          <button class="danger" aria-disabled=${orders.busy ? 'true' : 'false'} @click=${() => cancel(order)}>
            ${text.cancelYes}</button>
        </div>` : nothing}
    </dialog>`;
}

async function cancel(order) {
  if (orders.busy) {
    return;
  }
  Object.assign(orders, {busy: order, problem: null});
  refresh();
  try {
    const {body} = await call('POST', `/api/v1/user/orders/${order.orderId}/cancel`);
    orders.items = orders.items.map(one => one.orderId === body.orderId ? body : one);
    document.getElementById('cancel-order').close();
    announce(text.cancelled(nameOf(order)));
  } catch (failure) {
    orders.problem = texts.problem(failure);
  }
  orders.busy = null;
  refresh();
}
