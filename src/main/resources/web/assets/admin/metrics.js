import {call} from '../common/api.js';
import {sleep} from '../common/backoff.js';
import {refresh} from '../common/render.js';

const POLL_MILLIS = 2_000;
const SLOW_POLL_MILLIS = 10_000;
/** Ten minutes of points. */
const MAX_POINTS = 300;
/** Outcomes that are orders. They include replays, so new orders are their sum without the replays. */
const ORDERED = ['placed', 'reserved'];
const REPLAYED = 'replayed';

/**
 * Holds the node's metrics and their history of the last minutes.
 *
 * @property now the newest overview, or null
 * @property error the error of the last attempt to read it, or null
 * @property points one point for each overview except the first: a rate needs the difference to the one before
 */
export const metrics = {now: null, error: null, points: []};

/** Polls the overview while `isShown` returns true. */
export async function pollMetrics(isShown) {
  for (;;) {
    if (isShown() && document.visibilityState === 'visible') {
      await readOverview();
    }
    await sleep(metrics.error?.status === 404 ? SLOW_POLL_MILLIS : POLL_MILLIS);
  }
}

async function readOverview() {
  try {
    const {body} = await call('GET', '/api/v1/admin/overview');
    if (metrics.now) {
      metrics.points = [...metrics.points, point(metrics.now, body)].slice(-MAX_POINTS);
    }
    metrics.now = body;
    metrics.error = null;
  } catch (failure) {
    metrics.error = failure;
  }
  refresh();
}

function point(before, after) {
  const seconds = Math.max(0.001, (Date.parse(after.at) - Date.parse(before.at)) / 1000);
  // The counters of a restarted node, or of another node behind the same address, start at zero.
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
  return !ORDERED.includes(name) && name !== REPLAYED;
}

function newOrders(rates) {
  const all = ORDERED.map(name => rates[name] ?? null);
  return all.includes(null) ? null : Math.max(0, all.reduce((sum, rate) => sum + rate, 0) - (rates[REPLAYED] ?? 0));
}
