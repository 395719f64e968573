import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {call} from '../common/api.js';
import {justPast, now} from '../common/clock.js';
import {money, number, time} from '../common/format.js';
import {announce, focusOn, refresh} from '../common/render.js';
import {stateBadge} from '../shop/pieces.js';
import {stateOf} from '../shop/products.js';
import {texts} from '../texts.js';
import {Listing, tableOf} from './table.js';

const text = texts.admin.products;
export const products = new Listing('/api/v1/product');
let news = null;
let asking = null;
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
    ${news ? html`<p class="banner" role="status">${news}</p>` : nothing}
    ${tableOf(products, text.title, COLUMNS, text.none)}
    ${saleDialog()}`;
}

/** What may be done with a sale in its present state. */
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
        <button aria-label=${text.closeThis(product.name)} @click=${() => askToClose(product)}>${text.close}</button>`}
    </div>`;
}

const edits = {
  /** From this moment on, whatever the plan was. */
  open: product => ({
    paused: false,
    ...(product.opensAt && Date.parse(product.opensAt) > justPast() ? {opensAt: null} : {}),
    ...(product.closesAt && Date.parse(product.closesAt) <= now() ? {closesAt: null} : {}),
  }),
  pause: () => ({paused: true}),
  close: product => ({
    // Not now(): that may be half a second ahead, and a sale that is told to be closed still sells for so long.
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
    news = text.done[what](body.name);
  } catch (failure) {
    news = texts.problem(failure);
    await products.read();
  }
  busy = false;
  refresh();
  announce(news);
}

/** Writes what changed, and only over what was read. */
export function save(product, fields) {
  return call('PUT', `/api/v1/products/update-product/${product.id}`, {
    body: fields,
    headers: {'If-Match': `"${product.version}"`},
  });
}

/** Puts a newer version in the place of the old one. */
export function replace(product) {
  products.items = products.items?.map(one => one.id === product.id ? product : one) ?? null;
  window.dispatchEvent(new CustomEvent('product-changed', {detail: product}));
}

async function askToClose(product) {
  asking = product;
  await focusOn('#close-sale');
  document.getElementById('close-sale').showModal();
}

/** Asks before a sale is ended; belongs once on a page with {@link actions}. */
export function saleDialog() {
  return html`
    <dialog id="close-sale" class="sheet" aria-labelledby="close-sale-title" @close=${() => {
      asking = null;
      refresh();
    }}>
      ${asking ? html`
        <h2 id="close-sale-title">${text.closeTitle}</h2>
        <p>${text.closeBody(asking.name)}</p>
        <div class="row end">
          <button @click=${event => event.target.closest('dialog').close()}>${text.keepOpen}</button>
          <button class="danger" @click=${event => {
            const product = asking;
            event.target.closest('dialog').close();
            change(product, 'close');
          }}>${text.closeYes}</button>
        </div>` : nothing}
    </dialog>`;
}

/** What the last action did, for a page that shows it. */
export function newsOfSales() {
  return news;
}

export function forgetNews() {
  news = null;
}
