import {call} from '../common/api.js';
import {refresh} from '../common/render.js';
import {sleep} from '../common/waiting.js';

const ASK_MILLIS = 2_000;
const ASK_RARELY_MILLIS = 10_000;
/** Ten minutes. */
const KEPT = 300;
/** Orders that were answered; among them are those that were answered before. */
const ORDERED = ['placed', 'reserved'];
const AGAIN = 'replayed';

/**
 * What the node tells of itself, and how that went over the last minutes.
 *
 * @property now the newest overview, or null
 * @property trouble what kept it from being read, or null
 * @property points one for each overview but the first: rates come of the difference to the one before
 */
export const figures = {now: null, trouble: null, points: []};

/** Asks again and again, as long as it is wanted. */
export async function watch(isWanted) {
  for (;;) {
    if (isWanted() && document.visibilityState === 'visible') {
      await look();
    }
    await sleep(figures.trouble?.status === 404 ? ASK_RARELY_MILLIS : ASK_MILLIS);
  }
}

export async function look() {
  try {
    const {body} = await call('GET', '/api/v1/admin/overview');
    if (figures.now) {
      figures.points = [...figures.points, point(figures.now, body)].slice(-KEPT);
    }
    figures.now = body;
    figures.trouble = null;
  } catch (failure) {
    figures.trouble = failure;
  }
  refresh();
}

function point(before, after) {
  const seconds = Math.max(0.001, (Date.parse(after.at) - Date.parse(before.at)) / 1000);
  // A node that was started anew, or another one behind the same address, counts from nothing.
  const same = before.node?.id === after.node?.id && before.node?.startedAt === after.node?.startedAt;
  const rate = (then, now) => same ? Math.max(0, (now ?? 0) - (then ?? 0)) / seconds : null;
  const outcomes = after.purchases?.outcomes ?? {};
  const rates = Object.fromEntries(Object.keys(outcomes)
    .map(name => [name, rate(before.purchases?.outcomes?.[name], outcomes[name])]));
  const hits = rate(before.cache?.hits, after.cache?.hits);
  const reads = hits === null ? null : hits + rate(before.cache?.misses, after.cache?.misses);
  return {
    time: Date.parse(after.at) / 1000,
    sold: newOrders(rates),
    refusals: Object.fromEntries(Object.entries(rates).filter(([name]) => isRefusal(name))),
    p50: after.purchases?.latencyMillis?.p50 ?? null,
    p99: after.purchases?.latencyMillis?.p99 ?? null,
    hitRatio: reads ? 100 * hits / reads : null,
    outbox: after.outbox ?? null,
    remaining: Object.fromEntries((after.products ?? []).map(product => [product.id, product.remaining])),
  };
}

export function isRefusal(name) {
  return !ORDERED.includes(name) && name !== AGAIN;
}

function newOrders(rates) {
  const all = ORDERED.map(name => rates[name] ?? null);
  return all.includes(null) ? null : Math.max(0, all.reduce((sum, rate) => sum + rate, 0) - (rates[AGAIN] ?? 0));
}
