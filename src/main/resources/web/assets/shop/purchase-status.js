import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {money, number, time} from '../common/format.js';
import {icon} from '../common/icons.js';
import {openSignIn} from '../common/sign-in.js';
import {texts} from '../texts.js';
import {dismiss, purchaseOf, retryNow} from './purchases.js';

const text = texts.purchase;

/** Renders the status of a purchase. Screen readers announce its changes, except for the seconds. */
export function purchaseStatus(product, buyAgain) {
  const purchase = purchaseOf(product.id);
  return html`
    <div id="purchase-status" class="purchase-status" role="status" tabindex="-1" data-phase=${purchase?.phase ?? 'none'}>
      ${purchase ? phases[purchase.phase](purchase, product, buyAgain) : nothing}
    </div>`;
}

const phases = {
  submitting: ({attempt}) => message('progress', text.submitting.title, text.submitting.body(attempt.quantity)),
  unknown: purchase => message('uncertain', text.unknown.title, text.unknown.body, nextTry(purchase)),
  'rate-limited': purchase => message('uncertain', text.rateLimited.title, text.rateLimited.body, nextTry(purchase)),
  overloaded: purchase => message('uncertain', text.overloaded.title, text.overloaded.body, nextTry(purchase)),
  stale: ({attempt}) => message('uncertain', text.stale.title, text.stale.body(time(new Date(attempt.startedAt))), html`
    <div class="row">
      <button class="primary" @click=${() => retryNow(attempt.productId)}>${text.stale.retry}</button>
      <button @click=${() => dismiss(attempt.productId)}>${text.stale.dismiss}</button>
    </div>`),
  'signed-out': () => message('uncertain', text.signedOut.title, text.signedOut.body, html`
    <button class="primary" @click=${() => openSignIn()}>${texts.signIn.password.action}</button>`),
  reserved: ({order}) => message('progress', text.reserved.title, text.reserved.body, orderLine(order)),
  placed: (purchase, product, buyAgain) => receipt(purchase, product, buyAgain),
  cancelled: ({order}) => message('negative', text.cancelled, orderLine(order)),
  failed: (_, __, buyAgain) => message('negative', text.failed.title, text.failed.body, retryButton(buyAgain)),
  refused: (purchase, product, buyAgain) => refusal(purchase, product, buyAgain),
};

function message(tone, title, ...more) {
  const icons = {progress: html`<span class="spinner" aria-hidden="true"></span>`, uncertain: icon('question'), negative: icon('slash')};
  return html`
    <div class="message" data-tone=${tone}>
      <p class="message-title">${icons[tone]}${title}</p>
      ${more.map(part => typeof part === 'string' ? html`<p>${part}</p>` : part)}
    </div>`;
}

function nextTry({attempt, nextTryAt}) {
  if (!nextTryAt) {
    return html`<p class="next-try">${text.retrying}</p>`;
  }
  const seconds = Math.max(1, Math.ceil((nextTryAt - Date.now()) / 1000));
  return html`
    <div class="next-try">
      <span aria-hidden="true">${text.nextTry(seconds)}</span>
      <button @click=${() => retryNow(attempt.productId)}>${text.retryNow}</button>
    </div>`;
}

function orderLine(order) {
  return html`<p class="order-number"><span>${text.orderNumber}</span><code>${order.orderId}</code></p>`;
}

function receipt({order}, product, buyAgain) {
  const more = product.perUserLimit === 0 || product.perUserLimit > order.quantity;
  return html`
    <div class="receipt">
      <p class="message-title">${icon('check')}${text.placed.title}</p>
      <p class="receipt-units"><span>${text.placed.units(order.units.length)}</span>
        <b data-role="units">${order.units.map(unit => number(unit)).join(', ')}</b></p>
      <p class="receipt-total">${text.placed.total(order.quantity, money(order.total, order.currency))}</p>
      ${orderLine(order)}
      <div class="row">
        <a class="button" href="#/orders">${texts.orders.link}</a>
        ${more ? html`<button class="plain" @click=${() => dismiss(product.id)}>${text.placed.more}</button>` : nothing}
      </div>
    </div>`;
}

function retryButton(buyAgain) {
  return html`<button @click=${buyAgain}>${texts.again}</button>`;
}

function refusal({problem, attempt}, product, buyAgain) {
  switch (problem.code) {
    case 'sold-out':
      return message('negative', text.soldOut.title, text.soldOut.body);
    case 'insufficient-stock':
      return message('negative', text.insufficient.title(problem.body.remaining), text.insufficient.body);
    case 'purchase-limit-reached':
      return message('negative', text.limit.title, text.limit.body(product.perUserLimit), html`
        <p><a class="button" href="#/orders/${problem.body.orderId ?? ''}">${text.limit.link}</a></p>`);
    case 'sale-not-open':
      return message('negative', text.notOpen.title, text.notOpen.body);
    case 'not-found':
      return message('negative', text.gone.title, text.gone.body);
    default:
      return message('negative', text.refused.title, texts.problem(problem), retryButton(buyAgain));
  }
}
