import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {now} from '../common/clock.js';
import {number, parts, time} from '../common/format.js';
import {icon} from '../common/icons.js';
import {texts} from '../texts.js';
import {stateOf} from './products.js';

const ICONS = {scheduled: 'clock', open: 'bolt', paused: 'pause', 'sold-out': 'slash', closed: 'stop'};

/** The state in a word, with a sign. */
export function stateBadge(state) {
  return html`<span class="state" data-state=${state}>${icon(ICONS[state])}${texts.states[state]}</span>`;
}

/** What is left, as a number and as a strip of ticks that empties. */
export function stockStrip(product) {
  const {remaining, stock} = product;
  const share = remaining === null || stock === 0 ? 0 : Math.min(1, Math.max(0, remaining / stock));
  return html`
    <div class="stock" data-scarce=${share > 0 && share <= 0.2 ? 'yes' : 'no'}>
      <p class="stock-figure">${stockText(product)}</p>
      <svg class="strip" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect width=${share * 100} height="1" />
      </svg>
    </div>`;
}

function stockText({remaining, stock}) {
  if (remaining === null) {
    return texts.stock.unknown;
  }
  return html`<b data-role="remaining">${number(remaining)}</b> ${texts.stock.of(number(stock))}`;
}

/** To when it is counted down: the opening of a scheduled sale, the end of an open one; or null. */
export function countsDownTo(product) {
  const state = stateOf(product);
  if (state === 'scheduled') {
    return product.opensAt;
  }
  return state === 'open' || state === 'sold-out' ? product.closesAt : null;
}

/** Days to seconds in big figures. Said once in words: nobody wants each second read out. */
export function countdown(product) {
  const end = countsDownTo(product);
  if (!end) {
    return nothing;
  }
  const opening = stateOf(product) === 'scheduled';
  const left = parts(Date.parse(end) - now());
  const units = left.days > 0 ? ['days', 'hours', 'minutes', 'seconds'] : ['hours', 'minutes', 'seconds'];
  return html`
    <div class="countdown" role="timer" aria-live="off">
      <p class="eyebrow">${opening ? texts.countdown.opensIn : texts.countdown.endsIn}
        <span class="visually-hidden">${time(end)}</span></p>
      <p class="digits" aria-hidden="true">${units.map(unit => html`
        <span class="digit"><b>${String(left[unit]).padStart(2, '0')}</b><small>${texts.countdown[unit]}</small></span>`)}
      </p>
    </div>`;
}
