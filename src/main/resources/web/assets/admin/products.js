import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {call} from '../common/api.js';
import {justPast, now} from '../common/clock.js';
import {money, number, time} from '../common/format.js';
import {announce, focusOn, refresh} from '../common/render.js';
import {stateBadge} from '../shop/components.js';
import {stateOf} from '../shop/products.js';
import {texts} from '../texts.js';
import {Listing, tableOf} from './table.js';

const text = texts.admin.products;
export const products = new Listing('/api/v1/product');
let notice = null;
let toClose = null;
let busy = false;

const COLUMNS = [
  [text.columns.name, product => html`<a href="#/products/${product.id}"><b>${product.name}</b></a>`],
  [text.columns.state, product => stateBadge(stateOf(product))],
  [text.columns.price, product => money(product.price, product.currency), 'number'],
  [text.columns.left, product => text.left(
    product.remaining === null ? texts.admin.overview.nothing : number(product.remaining), number(product.stock)), 'number'],
  [text.columns.limit, product => product.perUserLimit === 0 ? text.noLimit : number(product.perUserLimit), 'number'],
  [text.columns.opens, product => product.opensAt ? time(product.opensAt) : text.always],
  [text.columns.closes, product => product.closesAt ? time(product.closesAt) : text.never],
  [text.columns.action, actions],
];

export function productsPage() {
  return html`
    <div class="head">
      <h1 class="display" tabindex="-1">${text.title}</h1>
      <a class="button primary" href="#/products/new">${text.create}</a>
    </div>
    ${notice ? html`<p class="banner" role="status">${notice}</p>` : nothing}
    ${tableOf(products, text.title, COLUMNS, text.none)}
    ${saleDialog()}`;
}

/** Renders the buttons that the sale's state allows. */
export function actions(product) {
  const state = stateOf(product);
  const running = state === 'open' || state === 'sold-out';
  return html`
    <div class="row nowrap">
      ${running
        ? html`<button aria-label=${text.pauseThis(product.name)} @click=${() => change(product, 'pause')}>${text.pause}</button>`
        : html`<button class="primary" aria-label=${text.openThis(product.name)} @click=${() => change(product, 'open')}>
            ${text.open}</button>`}
      ${state === 'closed' ? nothing : html`
        <button aria-label=${text.closeThis(product.name)} @click=${() => openCloseDialog(product)}>${text.close}</button>`}
    </div>`;
}

const edits = {
  /** Opens the sale now, whatever its schedule. */
  open: product => ({
    paused: false,
    ...(product.opensAt && Date.parse(product.opensAt) > justPast() ? {opensAt: null} : {}),
    ...(product.closesAt && Date.parse(product.closesAt) <= now() ? {closesAt: null} : {}),
  }),
  pause: () => ({paused: true}),
  close: product => ({
    // Not now(), which may be half a second ahead: the sale would go on for that time after the page says it is closed.
    closesAt: new Date(justPast()).toISOString(),
    ...(product.opensAt && Date.parse(product.opensAt) >= justPast() ? {opensAt: null} : {}),
  }),
};

async function change(product, what) {
  if (busy) {
    return;
  }
  busy = true;
  try {
    const {body} = await save(product, edits[what](product));
    replace(body);
    notice = text.done[what](body.name);
  } catch (failure) {
    notice = texts.problem(failure);
    await products.read();
  }
  busy = false;
  refresh();
  announce(notice);
}

/** Saves the changed fields, unless the product has another version by now. */
export function save(product, fields) {
  return call('PUT', `/api/v1/products/update-product/${product.id}`, {
    body: fields,
    headers: {'If-Match': `"${product.version}"`},
  });
}

/** Replaces a product in the list by its newer version. */
export function replace(product) {
  products.items = products.items?.map(one => one.id === product.id ? product : one) ?? null;
  window.dispatchEvent(new CustomEvent('product-changed', {detail: product}));
}

async function openCloseDialog(product) {
  toClose = product;
  await focusOn('#close-sale');
  document.getElementById('close-sale').showModal();
}

/** Renders the dialog that confirms closing a sale. Each page with {@link actions} contains it once. */
export function saleDialog() {
  return html`
    <dialog id="close-sale" class="sheet" aria-labelledby="close-sale-title" @close=${() => {
      toClose = null;
      refresh();
    }}>
      ${toClose ? html`
        <h2 id="close-sale-title">${text.closeTitle}</h2>
        <p>${text.closeBody(toClose.name)}</p>
        <div class="row end">
          <button @click=${event => event.target.closest('dialog').close()}>${text.keepOpen}</button>
          <button class="danger" @click=${event => {
            const product = toClose;
            event.target.closest('dialog').close();
            change(product, 'close');
          }}>${text.closeYes}</button>
        </div>` : nothing}
    </dialog>`;
}

/** Returns the result of the last action as a text, or null. */
export function saleNotice() {
  return notice;
}

export function clearNotice() {
  notice = null;
}
