import {call, NetworkError, Problem} from '../common/api.js';
import {backoffMillis} from '../common/backoff.js';
import {now} from '../common/clock.js';
import {refresh} from '../common/render.js';
import {isCurrentUser, restoreSession, session} from '../common/session.js';
import {browserStorage, tabStorage} from '../common/storage.js';

// Purchases in the browsers of buyers must survive an update: these names and the fields under them stay.
const ATTEMPT_PREFIX = 'flashsale.attempt/';
const PENDING_KEY = 'flashsale.wish';

const FIRST_BACKOFF_MILLIS = 600;
const MAX_BACKOFF_MILLIS = 12_000;
/**
 * This page's estimate of the opening may be early by half a second, since the Date header has whole seconds; this allows
 * for twice as much. The retries are few, because each one counts against the buyer's rate limit.
 */
const EARLY_MILLIS = 1_000;
const MAX_EARLY_RETRIES = 4;
const FIRST_EARLY_BACKOFF_MILLIS = 100;
/** An older attempt needs the buyer's confirmation: nobody expects a purchase that they gave up on to succeed later. */
const RESUME_WITHIN_MILLIS = 15 * 60_000;

const IN_PROGRESS = ['submitting', 'unknown', 'rate-limited', 'overloaded', 'reserved'];

/**
 * The purchases on this page, by user and product. An attempt to buy has one idempotency key, made when the buyer presses
 * the button and kept until the outcome is certain, whatever happens to the network or to this page. A retry can
 * therefore never buy twice.
 *
 * The state of a purchase is {phase, attempt, tries, nextTryAt, order, problem}. Its phase is one of
 *   submitting    the request is under way, or came just before the opening and is retried at nextTryAt
 *   unknown       no response, or one that leaves the outcome open; retried at nextTryAt
 *   rate-limited  too many requests, nothing was done; retried at nextTryAt
 *   overloaded    the server is too busy, nothing was done; retried at nextTryAt
 *   stale         left from an earlier visit; retried only if the buyer confirms
 *   signed-out    the session has ended; resumed after the next sign-in
 *   reserved      202: not confirmed yet; the order is polled until it is
 *   placed, cancelled, failed, refused   the outcome
 */
const purchases = new Map();
const wakeUps = new Map();

/** Returns the purchase of this product by the current user, or null. Other users' purchases stay hidden. */
export function purchaseOf(productId) {
  return session.user
    ? purchases.get(nameOf(session.user.userId, productId)) ?? null
    : [...purchases.values()].find(({phase, attempt}) => phase === 'signed-out' && attempt.productId === productId) ?? null;
}

/** Whether the outcome of a purchase is still open. */
export function isInProgress(purchase) {
  return purchase !== null && IN_PROGRESS.includes(purchase.phase);
}

/** Whether the page shows the seconds until a retry. */
export function isCountingDown() {
  return [...purchases.values()].some(purchase => purchase.nextTryAt);
}

/** Saves what the visitor wants to buy while they sign in. */
export function savePendingPurchase(productId, quantity) {
  tabStorage.set(PENDING_KEY, {productId, quantity, at: Date.now()});
}

export function clearPendingPurchase() {
  tabStorage.remove(PENDING_KEY);
}

/** Returns what the visitor wanted to buy before signing in, or null if there is nothing recent. */
export function pendingPurchase() {
  const pending = tabStorage.get(PENDING_KEY);
  return pending && Date.now() - pending.at < RESUME_WITHIN_MILLIS ? pending : null;
}

/** Buys. A second press, in this tab or another, continues the same attempt. */
export function buy(productId, quantity) {
  clearPendingPurchase();
  if (isInProgress(purchaseOf(productId))) {
    return;
  }
  const userId = session.user.userId;
  const attempt = browserStorage.get(nameOf(userId, productId))
    ?? {userId, productId, quantity, key: newKey(), startedAt: Date.now()};
  save(attempt);
  submit(attempt);
}

/** Resumes this user's attempts that an earlier page left without an outcome. */
export function resumePurchases() {
  for (const attempt of browserStorage.startingWith(`${ATTEMPT_PREFIX}${session.user.userId}/`)) {
    if (isInProgress(purchaseOf(attempt.productId))) {
      continue;
    }
    if (Date.now() - attempt.startedAt < RESUME_WITHIN_MILLIS) {
      submit(attempt);
    } else {
      show(attempt, {phase: 'stale'});
    }
  }
}

/** Retries now instead of waiting. */
export function retryNow(productId) {
  const purchase = purchaseOf(productId);
  if (purchase?.phase === 'stale') {
    submit(purchase.attempt);
  } else {
    wakeUps.get(purchase && nameOfAttempt(purchase.attempt))?.();
  }
}

/** Removes an outcome, or a stale attempt, from the page. */
export function dismiss(productId) {
  const purchase = purchaseOf(productId);
  if (purchase && !isInProgress(purchase)) {
    remove(purchase.attempt);
    purchases.delete(nameOfAttempt(purchase.attempt));
    refresh();
  }
}

window.addEventListener('online', () => wakeUps.forEach(wakeUp => wakeUp()));

/** Sends the purchase, and retries it under the same key until the outcome is certain. */
async function submit(attempt) {
  let tries = 0;
  show(attempt, {phase: 'submitting', tries});
  for (;;) {
    let retry;
    if (!isCurrentUser(attempt.userId)) {
      // Sent now, the request would buy for another user, or without a session.
      suspend(attempt);
      return;
    }
    try {
      const {status, body} = await send(attempt);
      if (status === 201) {
        remove(attempt);
        show(attempt, {phase: 'placed', order: body});
        return;
      }
      await pollOrder(attempt, body);
      return;
    } catch (failure) {
      const early = tries < MAX_EARLY_RETRIES && isTooEarly(failure);
      if (!early && isFinal(attempt, failure)) {
        return;
      }
      retry = early ? retryAtOpening(failure, tries) : retryLater(failure, tries);
    }
    tries += 1;
    show(attempt, {...retry, tries});
    await sleepUntil(attempt, retry.nextTryAt);
    show(attempt, {...retry, nextTryAt: null, tries});
  }
}

function send(attempt) {
  return call('POST', `/api/v1/user/buy/${attempt.productId}`, {
    body: {quantity: attempt.quantity},
    headers: {'Idempotency-Key': attempt.key},
  });
}

/** Polls a reserved order until it is placed, cancelled or lost. */
async function pollOrder(attempt, order) {
  for (let tries = 0; ; tries += 1) {
    if (!isCurrentUser(attempt.userId)) {
      suspend(attempt);
      return;
    }
    show(attempt, {phase: 'reserved', order, tries});
    await sleepUntil(attempt, Date.now() + backoffMillis(tries, FIRST_BACKOFF_MILLIS, MAX_BACKOFF_MILLIS));
    try {
      const {body} = await call('GET', `/api/v1/user/orders/${order.orderId}`);
      if (body.status !== 'reserved') {
        remove(attempt);
        show(attempt, {phase: body.status, order: body});
        return;
      }
    } catch (failure) {
      if (failure instanceof Problem && failure.status === 404) {
        // The reservation was lost before MongoDB had it. The same key may be used again.
        submit(attempt);
        return;
      }
      if (isFinal(attempt, failure)) {
        return;
      }
    }
  }
}

/** Whether a failure ends the attempt. A refusal is final, since the server first looks for an order under the key. */
function isFinal(attempt, failure) {
  if (failure instanceof NetworkError || failure.status >= 500 || failure.status === 429 || failure.status === 408) {
    return false;
  }
  if (!(failure instanceof Problem)) {
    throw failure;
  }
  if (failure.status === 401 || failure.code === 'otp-required') {
    suspend(attempt);
    return true;
  }
  remove(attempt);
  show(attempt, {phase: 'refused', problem: failure});
  return true;
}

/** Whether the sale is just about to open: an inaccurate clock must not cost a buyer the first moment. */
function isTooEarly(failure) {
  return failure.code === 'sale-not-open' && Math.abs(millisToOpening(failure)) < EARLY_MILLIS;
}

function retryAtOpening(failure, tries) {
  const delay = backoffMillis(tries, FIRST_EARLY_BACKOFF_MILLIS, MAX_BACKOFF_MILLIS);
  return {phase: 'submitting', nextTryAt: Date.now() + Math.max(0, millisToOpening(failure)) + delay};
}

function millisToOpening(failure) {
  return Date.parse(failure.body.opensAt) - now();
}

/** Stops until the same user signs in again; the attempt and its key stay. */
function suspend(attempt) {
  show(attempt, {phase: 'signed-out'});
  restoreSession();
}

function retryLater(failure, tries) {
  const requested = failure.retryAfterMillis ?? 0;
  const own = backoffMillis(tries, FIRST_BACKOFF_MILLIS, MAX_BACKOFF_MILLIS);
  // Never before Retry-After; the jitter after it spreads the clients.
  const nextTryAt = Date.now() + Math.max(own, requested * (1 + Math.random() / 4));
  if (failure.status === 429) {
    return {phase: 'rate-limited', nextTryAt};
  }
  return {phase: failure.code === 'overloaded' ? 'overloaded' : 'unknown', nextTryAt};
}

function sleepUntil(attempt, time) {
  const name = nameOfAttempt(attempt);
  return new Promise(resolve => {
    const timer = setTimeout(resolve, Math.max(0, time - Date.now()));
    wakeUps.set(name, () => {
      clearTimeout(timer);
      resolve();
    });
  }).finally(() => wakeUps.delete(name));
}

function show(attempt, purchase) {
  purchases.set(nameOfAttempt(attempt), {tries: 0, nextTryAt: null, order: null, problem: null, ...purchase, attempt});
  refresh();
}

function save(attempt) {
  browserStorage.set(nameOfAttempt(attempt), attempt);
}

function remove(attempt) {
  browserStorage.remove(nameOfAttempt(attempt));
}

/** Names contain the user: on a shared computer, no user continues another's purchase. */
function nameOf(userId, productId) {
  return `${ATTEMPT_PREFIX}${userId}/${productId}`;
}

function nameOfAttempt({userId, productId}) {
  return nameOf(userId, productId);
}

/** Returns 128 random bits in hex. Not randomUUID, which browsers offer over TLS only. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
