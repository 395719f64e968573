import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {now} from '../common/clock.js';
import {number, parts, time} from '../common/format.js';
import {icon} from '../common/icons.js';
import {texts} from '../texts.js';
import {stateOf} from './products.js';

const ICONS = {scheduled: 'clock', open: 'bolt', paused: 'pause', 'sold-out': 'slash', closed: 'stop'};

/** Renders the state of a sale as an icon and a word. */
export function stateBadge(state) {
  return html`<span class="state" data-state=${state}>${icon(ICONS[state])}${texts.states[state]}</span>`;
}

/** Renders the remaining stock as a number and as a bar. */
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

/** Returns the end of the countdown: the opening of a scheduled sale, the end of an open one, or null. */
export function countdownEnd(product) {
  const state = stateOf(product);
  if (state === 'scheduled') {
    return product.opensAt;
  }
  return state === 'open' || state === 'sold-out' ? product.closesAt : null;
}

/** Renders the time left. Screen readers get the end once, in words, instead of every second. */
export function countdown(product) {
  const end = countdownEnd(product);
  if (!end) {
    return nothing;
  }
  const opening = stateOf(product) === 'scheduled';
  const remaining = parts(Date.parse(end) - now());
  const units = remaining.days > 0 ? ['days', 'hours', 'minutes', 'seconds'] : ['hours', 'minutes', 'seconds'];
  return html`
    <div class="countdown" role="timer" aria-live="off">
      <p class="eyebrow">${opening ? texts.countdown.opensIn : texts.countdown.endsIn}
        <span class="visually-hidden">${time(end)}</span></p>
      <p class="digits" aria-hidden="true">${units.map(unit => html`
        <span class="digit"><b>${String(remaining[unit]).padStart(2, '0')}</b><small>${texts.countdown[unit]}</small></span>`)}
      </p>
    </div>`;
}
