import {repeat} from '../vendor/lit-html/directives/repeat.js';
import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {art} from '../common/art.js';
import {money, time} from '../common/format.js';
import {icon} from '../common/icons.js';
import {texts} from '../texts.js';
import {countdown, countdownEnd, stateBadge, stockStrip} from './components.js';
import {readList, shop, stateOf} from './products.js';

const ORDER = ['open', 'scheduled', 'paused', 'sold-out', 'closed'];

/** Renders the list of products, the most urgent one first and large. */
export function home() {
  if (shop.list === null) {
    return shop.error
      ? html`<h1 tabindex="-1" class="visually-hidden">${texts.home.title}</h1>
        <div class="empty"><p>${texts.home.error}</p>
          <button class="primary" @click=${() => readList()}>${texts.again}</button></div>`
      : html`<h1 tabindex="-1" class="visually-hidden">${texts.home.title}</h1>
        <p class="empty" role="status">${texts.loading}</p>`;
  }
  const products = shop.list.map(id => shop.byId.get(id)).filter(Boolean).sort(byUrgency);
  if (products.length === 0) {
    return html`
      <div class="empty"><h1 tabindex="-1">${texts.home.emptyTitle}</h1><p>${texts.home.empty}</p></div>`;
  }
  const [first, ...others] = products;
  return html`
    <h1 tabindex="-1" class="visually-hidden">${texts.home.title}</h1>
    ${poster(first)}
    ${others.length > 0 ? html`
      <h2 class="section">${texts.home.more}</h2>
      <ul class="cards">${repeat(others, product => product.id, card)}</ul>` : nothing}
    ${shop.next ? html`
      <p class="more"><button @click=${() => readList(true)}>${texts.home.next}</button></p>` : nothing}`;
}

function byUrgency(one, other) {
  const states = ORDER.indexOf(stateOf(one)) - ORDER.indexOf(stateOf(other));
  if (states !== 0) {
    return states;
  }
  const times = (one.opensAt ?? '').localeCompare(other.opensAt ?? '');
  return stateOf(one) === 'scheduled' && times !== 0 ? times : other.createdAt.localeCompare(one.createdAt);
}

function poster(product) {
  const state = stateOf(product);
  return html`
    <article class="poster tear-right" data-state=${state}>
      <div class="poster-text">
        ${stateBadge(state)}
        <h2 class="display"><a href="#/product/${product.id}">${product.name}</a></h2>
        <p class="price">${money(product.price, product.currency)}</p>
        ${countdownEnd(product) ? countdown(product) : nothing}
        ${state === 'scheduled' || state === 'closed' ? nothing : stockStrip(product)}
        <span class="cta" aria-hidden="true">${texts.home.callToAction[state]}${icon('arrow')}</span>
      </div>
      <div class="poster-art">${art(product.id)}</div>
    </article>`;
}

function card(product) {
  const state = stateOf(product);
  return html`
    <li class="card" data-state=${state}>
      <div class="card-art">${art(product.id)}</div>
      <div class="card-text">
        ${stateBadge(state)}
        <h3><a href="#/product/${product.id}">${product.name}</a></h3>
        <p class="price">${money(product.price, product.currency)}</p>
        ${state === 'scheduled'
          ? html`<p class="when">${texts.home.opens(time(product.opensAt))}</p>`
          : state === 'closed' ? nothing : stockStrip(product)}
      </div>
    </li>`;
}
