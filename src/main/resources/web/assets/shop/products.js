import {call} from '../common/api.js';
import {now} from '../common/clock.js';
import {announce, refresh} from '../common/render.js';
import {jittered} from '../common/waiting.js';
import {texts} from '../texts.js';
import {Live} from './live.js';

const PAGE = 24;
/** Live events tell what is left, not that an admin opened, paused or changed a sale: that is looked up. */
const LOOK_MILLIS = {paused: 3_000, scheduled: 8_000};
const LOOK_RARELY_MILLIS = 20_000;
/** Without a live line what is left is looked up as well. */
const LOOK_WITHOUT_LINE_MILLIS = 4_000;
const ANNOUNCE_STOCK_MILLIS = 10_000;
/** An answer that was on its way meanwhile is older than what came in live. */
const LIVE_WINS_MILLIS = 2_000;

/**
 * The products of the shop, as far as they were read.
 *
 * @property byId by their id; null where there is no such product
 * @property list the ids of the list, or null while it was not read
 * @property next where the list goes on, or null
 * @property trouble what kept the list from being read, or null
 * @property line whether live stock comes in
 */
export const shop = {byId: new Map(), list: null, next: null, trouble: null, line: false};

const lastStates = new Map();
const heardAt = new Map();
let stockAnnouncedAt = 0;

const live = new Live({
  heard,
  gone,
  stands: stands => {
    shop.line = stands;
    refresh();
  },
});

/** The state of a sale at this moment: the first that holds, as the API has it. */
export function stateOf(product) {
  const time = now();
  if (product.closesAt && time >= Date.parse(product.closesAt)) {
    return 'closed';
  }
  if (product.paused) {
    return 'paused';
  }
  if (product.opensAt && time < Date.parse(product.opensAt)) {
    return 'scheduled';
  }
  return product.remaining !== null && product.remaining <= 0 ? 'sold-out' : 'open';
}

function heard(event) {
  const product = shop.byId.get(event.productId);
  if (!product) {
    return;
  }
  if (event.type === 'stock:updated') {
    // The counter itself: below zero where more is sold than a shop whose books were set back knows of.
    product.remaining = Math.max(0, event.remaining);
  } else if (event.type === 'product:soldout') {
    product.remaining = 0;
  }
  heardAt.set(event.productId, Date.now());
  refresh();
}

function gone(id) {
  shop.byId.set(id, null);
  refresh();
}

function take(product) {
  const before = shop.byId.get(product.id);
  if (before && before.version > product.version) {
    return;
  }
  if (before && Date.now() - (heardAt.get(product.id) ?? 0) < LIVE_WINS_MILLIS) {
    product.remaining = before.remaining;
  }
  shop.byId.set(product.id, product);
}

/** Reads one product; where it fails, what was known stays. */
export async function readProduct(id) {
  try {
    const {body} = await call('GET', `/api/v1/product/${encodeURIComponent(id)}`);
    take(body);
    live.listen([id]);
  } catch (failure) {
    if (failure.status === 404) {
      shop.byId.set(id, null);
    }
    throw failure;
  } finally {
    refresh();
  }
}

/** Reads the list, or its next page. */
export async function readList(more = false) {
  const cursor = more ? `&cursor=${encodeURIComponent(shop.next)}` : '';
  try {
    const {body} = await call('GET', `/api/v1/product?limit=${PAGE}${cursor}`);
    body.items.forEach(take);
    const ids = body.items.map(product => product.id);
    const before = shop.list ?? [];
    const others = before.filter(id => !ids.includes(id));
    if (more) {
      shop.list = [...others, ...ids];
      shop.next = body.next;
    } else if (before.length > PAGE) {
      // The first page anew; those that the reader asked for behind it stay.
      shop.list = [...ids, ...others];
    } else {
      shop.list = ids;
      shop.next = body.next;
    }
    shop.trouble = null;
    live.listen(ids);
  } catch (failure) {
    shop.trouble = failure;
  }
  refresh();
}

/**
 * Reads again, for ever, what can change without a live event; rarely where nothing is expected.
 *
 * @param shown tells what the reader sees: {ids, list}, list where it is the whole list
 */
export async function keepLooking(shown) {
  for (;;) {
    await jittered(lookAfterMillis(shown().ids));
    const {ids, list} = shown();
    if (document.visibilityState === 'visible') {
      await (list ? readList() : Promise.all(ids.map(id => readProduct(id).catch(() => {}))));
    }
  }
}

function lookAfterMillis(ids) {
  const states = ids.map(id => shop.byId.get(id)).filter(Boolean).map(stateOf);
  const waits = states.map(state => LOOK_MILLIS[state] ?? LOOK_RARELY_MILLIS);
  const soon = shop.trouble !== null || (ids.length > 0 && !shop.line);
  return Math.min(...waits, soon ? LOOK_WITHOUT_LINE_MILLIS : LOOK_RARELY_MILLIS);
}

/** Tells those who listen what changed of the product they look at. */
export function announceChanges(product) {
  const state = stateOf(product);
  const before = lastStates.get(product.id);
  lastStates.set(product.id, state);
  if (before && before !== state) {
    announce(texts.news[state](product.name));
  } else if (state === 'open' && product.remaining !== null && Date.now() - stockAnnouncedAt > ANNOUNCE_STOCK_MILLIS) {
    stockAnnouncedAt = Date.now();
    announce(texts.news.left(product.remaining));
  }
}
