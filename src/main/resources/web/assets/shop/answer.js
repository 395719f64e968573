import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {money, number, time} from '../common/format.js';
import {icon} from '../common/icons.js';
import {openSignIn} from '../common/sign-in.js';
import {texts} from '../texts.js';
import {askNow, dismiss, purchaseOf} from './purchases.js';

const text = texts.answer;

/** What became of the attempt to buy, in honest words. Read out as it changes, but for the seconds. */
export function answer(product, buyAgain) {
  const purchase = purchaseOf(product.id);
  return html`
    <div id="answer" class="answer" role="status" tabindex="-1" data-phase=${purchase?.phase ?? 'none'}>
      ${purchase ? phases[purchase.phase](purchase, product, buyAgain) : nothing}
    </div>`;
}

const phases = {
  asking: ({attempt}) => message('wait', text.asking.title, text.asking.body(attempt.quantity)),
  unknown: purchase => message('doubt', text.unknown.title, text.unknown.body, nextTry(purchase)),
  waiting: purchase => message('doubt', text.waiting.title, text.waiting.body, nextTry(purchase)),
  busy: purchase => message('doubt', text.busy.title, text.busy.body, nextTry(purchase)),
  stale: ({attempt}) => message('doubt', text.stale.title, text.stale.body(time(new Date(attempt.startedAt))), html`
    <div class="row">
      <button class="primary" @click=${() => askNow(attempt.productId)}>${text.stale.ask}</button>
      <button @click=${() => dismiss(attempt.productId)}>${text.stale.forget}</button>
    </div>`),
  'signed-out': () => message('doubt', text.signedOut.title, text.signedOut.body, html`
    <button class="primary" @click=${() => openSignIn()}>${texts.signIn.password.action}</button>`),
  reserved: ({order}) => message('wait', text.reserved.title, text.reserved.body, orderLine(order)),
  placed: (purchase, product, buyAgain) => receipt(purchase, product, buyAgain),
  cancelled: ({order}) => message('no', text.cancelled, orderLine(order)),
  failed: (_, __, buyAgain) => message('no', text.failed.title, text.failed.body, again(buyAgain)),
  refused: (purchase, product, buyAgain) => refusal(purchase, product, buyAgain),
};

function message(tone, title, ...more) {
  const sign = {wait: html`<span class="spinner" aria-hidden="true"></span>`, doubt: icon('question'), no: icon('slash')};
  return html`
    <div class="message" data-tone=${tone}>
      <p class="message-title">${sign[tone]}${title}</p>
      ${more.map(part => typeof part === 'string' ? html`<p>${part}</p>` : part)}
    </div>`;
}

function nextTry({attempt, nextTryAt}) {
  if (!nextTryAt) {
    return html`<p class="next-try">${text.askingAgain}</p>`;
  }
  const seconds = Math.max(1, Math.ceil((nextTryAt - Date.now()) / 1000));
  return html`
    <div class="next-try">
      <span aria-hidden="true">${text.nextTry(seconds)}</span>
      <button @click=${() => askNow(attempt.productId)}>${text.askNow}</button>
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

function again(buyAgain) {
  return html`<button @click=${buyAgain}>${text.buyAgain}</button>`;
}

function refusal({problem, attempt}, product, buyAgain) {
  switch (problem.code) {
    case 'sold-out':
      return message('no', text.soldOut.title, text.soldOut.body);
    case 'insufficient-stock':
      return message('no', text.insufficient.title(problem.body.remaining), text.insufficient.body);
    case 'purchase-limit-reached':
      return message('no', text.limit.title, text.limit.body(product.perUserLimit), html`
        <p><a class="button" href="#/orders/${problem.body.orderId ?? ''}">${text.limit.link}</a></p>`);
    case 'sale-not-open':
      return message('no', text.notOpen.title, text.notOpen.body);
    case 'not-found':
      return message('no', text.gone.title, text.gone.body);
    default:
      return message('no', text.refused.title, texts.problem(problem), again(buyAgain));
  }
}
