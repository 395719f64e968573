import {call} from '../common/api.js';
import {sleepWithJitter} from '../common/backoff.js';
import {now} from '../common/clock.js';
import {announce, refresh} from '../common/render.js';
import {texts} from '../texts.js';
import {LiveClient} from './live.js';

const PAGE_SIZE = 24;
/** Live events carry the stock, but not that an admin opened, paused or changed a sale: the page polls for that. */
const POLL_MILLIS = {paused: 3_000, scheduled: 8_000};
const DEFAULT_POLL_MILLIS = 20_000;
/** Without a live connection, the page polls for the stock, too. */
const POLL_WITHOUT_LIVE_MILLIS = 4_000;
const ANNOUNCE_STOCK_MILLIS = 10_000;
/** A response that arrives this soon after a live event may carry older stock, so the live stock wins. */
const LIVE_WINS_MILLIS = 2_000;

/**
 * Holds the products that this page has read.
 *
 * @property byId the products by their id; null if there is no such product
 * @property list the ids in the list, or null before it was read
 * @property next the cursor of the next page, or null
 * @property error the error of the last attempt to read the list, or null
 * @property liveConnected whether live stock arrives
 */
export const shop = {byId: new Map(), list: null, next: null, error: null, liveConnected: false};

const lastStates = new Map();
const lastEventAt = new Map();
let stockAnnouncedAt = 0;

const live = new LiveClient({
  onEvent: applyEvent,
  onUnknownProduct: markUnknown,
  onConnectionChange: connected => {
    shop.liveConnected = connected;
    refresh();
  },
});

/** Derives the state of a sale at this moment, by the rules and in the order of the API. */
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

function applyEvent(event) {
  const product = shop.byId.get(event.productId);
  if (!product) {
    return;
  }
  if (event.type === 'stock:updated') {
    // This is the raw counter. It is below zero if MongoDB was restored from a backup and Redis has sold more units since.
    product.remaining = Math.max(0, event.remaining);
  } else if (event.type === 'product:soldout') {
    product.remaining = 0;
  }
  lastEventAt.set(event.productId, Date.now());
  refresh();
}

function markUnknown(id) {
  shop.byId.set(id, null);
  refresh();
}

function store(product) {
  const before = shop.byId.get(product.id);
  if (before && before.version > product.version) {
    return;
  }
  if (before && Date.now() - (lastEventAt.get(product.id) ?? 0) < LIVE_WINS_MILLIS) {
    product.remaining = before.remaining;
  }
  shop.byId.set(product.id, product);
}

/** Reads one product. If that fails, the page keeps the last version it has read. */
export async function readProduct(id) {
  try {
    const {body} = await call('GET', `/api/v1/product/${encodeURIComponent(id)}`);
    store(body);
    live.subscribe([id]);
  } catch (failure) {
    if (failure.status === 404) {
      shop.byId.set(id, null);
    }
    throw failure;
  } finally {
    refresh();
  }
}

/** Reads the first page of the list, or its next page. */
export async function readList(more = false) {
  const cursor = more ? `&cursor=${encodeURIComponent(shop.next)}` : '';
  try {
    const {body} = await call('GET', `/api/v1/product?limit=${PAGE_SIZE}${cursor}`);
    body.items.forEach(store);
    const ids = body.items.map(product => product.id);
    const before = shop.list ?? [];
    const others = before.filter(id => !ids.includes(id));
    if (more) {
      shop.list = [...others, ...ids];
      shop.next = body.next;
    } else if (before.length > PAGE_SIZE) {
      // Only the first page is read again; the further pages that the reader has opened stay.
      shop.list = [...ids, ...others];
    } else {
      shop.list = ids;
      shop.next = body.next;
    }
    shop.error = null;
    live.subscribe(ids);
  } catch (failure) {
    shop.error = failure;
  }
  refresh();
}

/**
 * Polls, as long as the page is open, for changes that have no live event. It polls rarely when no change is expected.
 *
 * @param shown returns the products on the screen as {ids, list}; `list` is true if they are the list
 */
export async function pollForChanges(shown) {
  for (;;) {
    await sleepWithJitter(pollDelayMillis(shown().ids));
    const {ids, list} = shown();
    if (document.visibilityState === 'visible') {
      await (list ? readList() : Promise.all(ids.map(id => readProduct(id).catch(() => {}))));
    }
  }
}

function pollDelayMillis(ids) {
  const states = ids.map(id => shop.byId.get(id)).filter(Boolean).map(stateOf);
  const delays = states.map(state => POLL_MILLIS[state] ?? DEFAULT_POLL_MILLIS);
  const pollsForStock = shop.error !== null || (ids.length > 0 && !shop.liveConnected);
  return Math.min(...delays, pollsForStock ? POLL_WITHOUT_LIVE_MILLIS : DEFAULT_POLL_MILLIS);
}

/** Announces changes of the product on the screen to screen readers. */
export function announceChanges(product) {
  const state = stateOf(product);
  const before = lastStates.get(product.id);
  lastStates.set(product.id, state);
  if (before && before !== state) {
    announce(texts.announcements[state](product.name));
  } else if (state === 'open' && product.remaining !== null && Date.now() - stockAnnouncedAt > ANNOUNCE_STOCK_MILLIS) {
    stockAnnouncedAt = Date.now();
    announce(texts.announcements.left(product.remaining));
  }
}
