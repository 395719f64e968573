import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {call} from '../common/api.js';
import {stamp} from '../common/format.js';
import {announce, focusOn, refresh} from '../common/render.js';
import {texts} from '../texts.js';
import {Listing, tableOf} from './table.js';

const text = texts.admin.deadLetters;
export const deadLetters = new Listing('/api/v1/admin/dead-letters');
let notice = null;
let toDiscard = null;
let busy = false;

const COLUMNS = [
  [text.columns.at, deadLetter => stamp(deadLetter.at)],
  [text.columns.order, deadLetter => html`<code>${deadLetter.orderId}</code>`],
  [text.columns.product, deadLetter => html`<a href="#/products/${deadLetter.productId}"><code>${deadLetter.productId}</code></a>`],
  [text.columns.user, deadLetter => html`<code>${deadLetter.userId}</code>`],
  [text.columns.units, deadLetter => deadLetter.units.join(', '), 'number'],
  [text.columns.reason, deadLetter => html`${deadLetter.reason} <small>${text.tries(deadLetter.tries)}</small>`],
  [text.columns.action, deadLetter => html`
    <div class="row nowrap">
      <button @click=${() => retry(deadLetter)}>${text.retry}</button>
      <button @click=${() => openDiscardDialog(deadLetter)}>${text.discard}</button>
    </div>`],
];

export function deadLettersPage() {
  return html`
    <h1 class="display" tabindex="-1">${text.title}</h1>
    <p class="lead">${text.lead}</p>
    ${notice ? html`<p class="banner" role="status">${notice}</p>` : nothing}
    ${tableOf(deadLetters, text.title, COLUMNS, text.none)}
    <dialog id="discard" class="sheet" aria-labelledby="discard-title" @close=${() => {
      toDiscard = null;
      refresh();
    }}>
      ${toDiscard ? html`
        <h2 id="discard-title">${text.discardTitle}</h2>
        <p>${text.discardBody(toDiscard.orderId)}</p>
        <div class="row end">
          <button @click=${event => event.target.closest('dialog').close()}>${text.keep}</button>
          <button class="danger" @click=${() => discard(toDiscard)}>${text.discardYes}</button>
        </div>` : nothing}
    </dialog>`;
}

function retry(deadLetter) {
  return act(async () => {
    const {body} = await call('POST', `/api/v1/admin/dead-letters/${deadLetter.id}/retry`);
    return body.outcome === 'placed' ? text.placed(deadLetter.orderId) : text.refused(deadLetter.orderId, body.reason ?? '');
  });
}

async function openDiscardDialog(deadLetter) {
  toDiscard = deadLetter;
  await focusOn('#discard');
  document.getElementById('discard').showModal();
}

async function discard(deadLetter) {
  document.getElementById('discard').close();
  await act(async () => {
    await call('POST', `/api/v1/admin/dead-letters/${deadLetter.id}/discard`);
    return text.discarded(deadLetter.orderId);
  });
}

async function act(action) {
  if (busy) {
    return;
  }
  busy = true;
  try {
    notice = await action();
    await deadLetters.read();
  } catch (failure) {
    notice = texts.problem(failure);
  }
  busy = false;
  refresh();
  announce(notice);
}
