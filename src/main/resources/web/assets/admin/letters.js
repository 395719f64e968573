import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {call} from '../common/api.js';
import {stamp} from '../common/format.js';
import {announce, focusOn, refresh} from '../common/render.js';
import {texts} from '../texts.js';
import {Listing, tableOf} from './table.js';

const text = texts.admin.letters;
export const letters = new Listing('/api/v1/admin/dead-letters');
let news = null;
let asking = null;
let busy = false;

const COLUMNS = [
  [text.columns.at, letter => stamp(letter.at)],
  [text.columns.order, letter => html`<code>${letter.orderId}</code>`],
  [text.columns.product, letter => html`<a href="#/products/${letter.productId}"><code>${letter.productId}</code></a>`],
  [text.columns.user, letter => html`<code>${letter.userId}</code>`],
  [text.columns.units, letter => letter.units.join(', '), 'number'],
  [text.columns.reason, letter => html`${letter.reason} <small>${text.tries(letter.tries)}</small>`],
  [text.columns.action, letter => html`
    <div class="row nowrap">
      <button @click=${() => retry(letter)}>${text.retry}</button>
      <button @click=${() => askToDiscard(letter)}>${text.discard}</button>
    </div>`],
];

export function lettersPage() {
  return html`
    <h1 class="display" tabindex="-1">${text.title}</h1>
    <p class="lead">${text.lead}</p>
    ${news ? html`<p class="banner" role="status">${news}</p>` : nothing}
    ${tableOf(letters, text.title, COLUMNS, text.none)}
    <dialog id="discard" class="sheet" aria-labelledby="discard-title" @close=${() => {
      asking = null;
      refresh();
    }}>
      ${asking ? html`
        <h2 id="discard-title">${text.discardTitle}</h2>
        <p>${text.discardBody(asking.orderId)}</p>
        <div class="row end">
          <button @click=${event => event.target.closest('dialog').close()}>${text.keep}</button>
          <button class="danger" @click=${() => discard(asking)}>${text.discardYes}</button>
        </div>` : nothing}
    </dialog>`;
}

function retry(letter) {
  return act(async () => {
    const {body} = await call('POST', `/api/v1/admin/dead-letters/${letter.id}/retry`);
    return body.outcome === 'placed' ? text.placed(letter.orderId) : text.refused(letter.orderId, body.reason ?? '');
  });
}

async function askToDiscard(letter) {
  asking = letter;
  await focusOn('#discard');
  document.getElementById('discard').showModal();
}

async function discard(letter) {
  document.getElementById('discard').close();
  await act(async () => {
    await call('POST', `/api/v1/admin/dead-letters/${letter.id}/discard`);
    return text.discarded(letter.orderId);
  });
}

async function act(action) {
  if (busy) {
    return;
  }
  busy = true;
  try {
    news = await action();
    await letters.read();
  } catch (failure) {
    news = texts.problem(failure);
  }
  busy = false;
  refresh();
  announce(news);
}
