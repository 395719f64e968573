import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {art} from '../common/art.js';
import {money, time} from '../common/format.js';
import {icon} from '../common/icons.js';
import {announce, focusOn, refresh} from '../common/render.js';
import {session} from '../common/session.js';
import {openSignIn} from '../common/sign-in.js';
import {texts} from '../texts.js';
import {countdown, stateBadge, stockStrip} from './components.js';
import {shop, stateOf} from './products.js';
import {purchaseStatus} from './purchase-status.js';
import {buy, clearPendingPurchase, isInProgress, purchaseOf, savePendingPurchase} from './purchases.js';

/** The most units of one purchase, as in the API. */
const MAX_QUANTITY = 10;
const quantities = new Map();

/** Renders one product and its buy button. */
export function productPage(id) {
  const product = shop.byId.get(id);
  if (product === undefined) {
    return html`<h1 tabindex="-1" class="visually-hidden">${texts.product.title}</h1>
      <p class="empty" role="status">${shop.error ? texts.unreachable : texts.loading}</p>`;
  }
  if (product === null) {
    return html`
      <div class="empty"><h1 tabindex="-1">${texts.product.goneTitle}</h1><p>${texts.product.gone}</p>
        <p><a class="button" href="#/">${texts.toSale}</a></p></div>`;
  }
  const state = stateOf(product);
  return html`
    <p class="trail"><a href="#/">${icon('back')}${texts.toSale}</a></p>
    <article class="product" data-state=${state}>
      <div class="product-art">${art(product.id)}</div>
      <div class="product-text">
        ${stateBadge(state)}
        <h1 class="display" tabindex="-1">${product.name}</h1>
        ${product.description ? html`<p class="description">${product.description}</p>` : nothing}
        <section class="ticket" aria-label=${texts.product.buying}>
          <div class="ticket-main">
            <p class="price large">${money(product.price, product.currency)}
              ${product.perUserLimit > 0 ? html`<small>${texts.product.limit(product.perUserLimit)}</small>` : nothing}</p>
            ${countdown(product)}
            ${state === 'scheduled' || state === 'closed' ? nothing : stockStrip(product)}
          </div>
          <div class="ticket-stub">
            ${buying(product, state)}
            ${purchaseStatus(product, () => start(product))}
          </div>
        </section>
      </div>
    </article>`;
}

function buying(product, state) {
  const purchase = purchaseOf(product.id);
  if (isInProgress(purchase) || purchase?.phase === 'placed' || purchase?.phase === 'stale') {
    return nothing;
  }
  if (state !== 'open') {
    return html`
      <button class="buy" disabled>${texts.product.button[state]}</button>
      <p class="hint">${closedHint(product, state)}</p>
      ${state === 'scheduled' && session.known && !session.user ? html`
        <button class="wide" @click=${() => openSignIn({note: texts.product.readyNote})}>${texts.product.ready}</button>`
        : nothing}`;
  }
  const quantity = quantityOf(product);
  return html`
    ${maxQuantityOf(product) > 1 ? stepper(product, quantity) : nothing}
    <button class="buy" data-role="buy" @click=${() => start(product)}>
      ${texts.product.buy(quantity, money(product.price * quantity, product.currency))}</button>
    ${session.known && !session.user ? html`<p class="hint">${texts.product.signInHint}</p>` : nothing}`;
}

function closedHint(product, state) {
  return state === 'scheduled' ? texts.product.hint.scheduled(time(product.opensAt)) : texts.product.hint[state];
}

function maxQuantityOf(product) {
  const allowed = product.perUserLimit > 0 ? Math.min(product.perUserLimit, MAX_QUANTITY) : MAX_QUANTITY;
  return Math.max(1, Math.min(allowed, product.remaining ?? allowed));
}

function quantityOf(product) {
  return Math.min(quantities.get(product.id) ?? 1, maxQuantityOf(product));
}

function stepper(product, quantity) {
  const set = next => {
    quantities.set(product.id, Math.min(maxQuantityOf(product), Math.max(1, next)));
    announce(texts.product.quantityNow(quantityOf(product)));
    refresh();
  };
  return html`
    <div class="stepper" role="group" aria-label=${texts.product.quantity}>
      <span class="stepper-label" aria-hidden="true">${texts.product.quantity}</span>
      <button type="button" aria-label=${texts.product.less} aria-disabled=${quantity <= 1 ? 'true' : 'false'}
        @click=${() => set(quantity - 1)}>${icon('minus')}</button>
      <output>${quantity}</output>
      <button type="button" aria-label=${texts.product.more} aria-disabled=${quantity >= maxQuantityOf(product) ? 'true' : 'false'}
        @click=${() => set(quantity + 1)}>${icon('plus')}</button>
    </div>`;
}

/** Buys. A visitor without a session signs in first; the pending purchase then continues. */
export function start(product, quantity = quantityOf(product)) {
  if (session.user) {
    buy(product.id, quantity);
    focusOn('#purchase-status');
    return;
  }
  savePendingPurchase(product.id, quantity);
  openSignIn({
    note: texts.product.signInNote(quantity, product.name),
    onDone: () => start(product, quantity),
    onCancel: clearPendingPurchase,
  });
}
