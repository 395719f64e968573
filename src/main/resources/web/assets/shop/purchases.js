import {call, Problem, Unanswered} from '../common/api.js';
import {now} from '../common/clock.js';
import {inBrowser, inTab} from '../common/kept.js';
import {refresh} from '../common/render.js';
import {isStill, recall, session} from '../common/session.js';
import {backOff} from '../common/waiting.js';

const PREFIX = 'flashsale.attempt/';
const WISH = 'flashsale.wish';
const FIRST_WAIT_MILLIS = 600;
const LONGEST_WAIT_MILLIS = 12_000;
/**
 * What this page takes for the moment of opening may be early by half a second, since the shop's Date header names whole
 * ones; twice as much is allowed for. Each of the few tries counts against the limit of this buyer.
 */
const EARLY_MILLIS = 1_000;
const EARLY_TRIES = 4;
const FIRST_WAIT_WHERE_EARLY_MILLIS = 100;
/** One who comes back later than that is asked first: to find something bought that one gave up on is a bad surprise. */
const FRESH_MILLIS = 15 * 60_000;

/**
 * Attempts to buy, by their name: one for each user and product. An attempt has one idempotency key, made when the button was pressed and kept until its
 * outcome is certain, whatever happens to the network or this page: asking again can then never buy twice.
 *
 * What is shown of one: {phase, attempt, tries, nextTryAt, order, problem}, the phase one of
 *   asking     the shop was asked; or it was a moment too early, and is asked again at nextTryAt
 *   unknown    no answer came, or one that leaves it open: it is asked again at nextTryAt
 *   waiting    too many calls: the same, and nothing was done
 *   busy       the shop is too busy, or looks for itself: the same
 *   stale      from an earlier visit: asked again only if the buyer wants
 *   signed-out the session ended on the way: goes on after signing in
 *   reserved   202: not yet a promise, looked at again until it is one
 *   placed, cancelled, failed, refused   the outcome
 */
const shown = new Map();
const wakers = new Map();

/** What is to be shown of the attempt to buy this product, or null. Nobody sees another's. */
export function purchaseOf(productId) {
  return session.user
    ? shown.get(nameOf(session.user.userId, productId)) ?? null
    : [...shown.values()].find(({phase, attempt}) => phase === 'signed-out' && attempt.productId === productId) ?? null;
}

/** Whether something is still to come of it. */
export function isUnderWay(purchase) {
  return purchase !== null && ['asking', 'unknown', 'waiting', 'busy', 'reserved'].includes(purchase.phase);
}

/** What is counted down to, or null. */
export function isCounting() {
  return [...shown.values()].some(purchase => purchase.nextTryAt);
}

/** Keeps what a visitor wants over the way through signing in. */
export function wish(productId, quantity) {
  inTab.set(WISH, {productId, quantity, at: Date.now()});
}

export function unwish() {
  inTab.remove(WISH);
}

/** What was wanted before signing in, and not too long ago; or null. */
export function wished() {
  const kept = inTab.get(WISH);
  return kept && Date.now() - kept.at < FRESH_MILLIS ? kept : null;
}

/** Buys. A second press, in whatever tab, is the same attempt. */
export function buy(productId, quantity) {
  unwish();
  if (isUnderWay(purchaseOf(productId))) {
    return;
  }
  const userId = session.user.userId;
  const attempt = inBrowser.get(nameOf(userId, productId))
    ?? {userId, productId, quantity, key: newKey(), startedAt: Date.now()};
  keep(attempt);
  pursue(attempt);
}

/** Goes on with what an earlier page of this user left without an outcome. */
export function goOn() {
  for (const attempt of inBrowser.startingWith(`${PREFIX}${session.user.userId}/`)) {
    if (isUnderWay(purchaseOf(attempt.productId))) {
      continue;
    }
    if (Date.now() - attempt.startedAt < FRESH_MILLIS) {
      pursue(attempt);
    } else {
      show(attempt, {phase: 'stale'});
    }
  }
}

/** Asks again now, instead of waiting. */
export function askNow(productId) {
  const purchase = purchaseOf(productId);
  if (purchase?.phase === 'stale') {
    pursue(purchase.attempt);
  } else {
    wakers.get(purchase && nameOfAttempt(purchase.attempt))?.();
  }
}

/** The buyer does not want to know; the answer, or the attempt from long ago, is put away. */
export function dismiss(productId) {
  const purchase = purchaseOf(productId);
  if (purchase && !isUnderWay(purchase)) {
    drop(purchase.attempt);
    shown.delete(nameOfAttempt(purchase.attempt));
    refresh();
  }
}

window.addEventListener('online', () => wakers.forEach(wake => wake()));

async function pursue(attempt) {
  let tries = 0;
  show(attempt, {phase: 'asking', tries});
  for (;;) {
    let wait;
    if (!isStill(attempt.userId)) {
      // Asked now, it would be bought in another's name, or in nobody's.
      leave(attempt);
      return;
    }
    try {
      const {status, body} = await ask(attempt);
      if (status === 201) {
        drop(attempt);
        show(attempt, {phase: 'placed', order: body});
        return;
      }
      await follow(attempt, body);
      return;
    } catch (failure) {
      const early = tries < EARLY_TRIES && isTooEarly(failure);
      if (!early && isFinal(attempt, failure)) {
        return;
      }
      wait = early ? untilOpening(failure, tries) : untilNextTry(failure, tries);
    }
    tries += 1;
    show(attempt, {...wait, tries});
    await sleepUntil(attempt, wait.nextTryAt);
    show(attempt, {...wait, nextTryAt: null, tries});
  }
}

function ask(attempt) {
  return call('POST', `/api/v1/user/buy/${attempt.productId}`, {
    body: {quantity: attempt.quantity},
    headers: {'Idempotency-Key': attempt.key},
  });
}

/** Looks after a reservation until it is an order, or is none. */
async function follow(attempt, order) {
  for (let tries = 0; ; tries += 1) {
    if (!isStill(attempt.userId)) {
      leave(attempt);
      return;
    }
    show(attempt, {phase: 'reserved', order, tries});
    await sleepUntil(attempt, Date.now() + backOff(tries, FIRST_WAIT_MILLIS, LONGEST_WAIT_MILLIS));
    try {
      const {body} = await call('GET', `/api/v1/user/orders/${order.orderId}`);
      if (body.status !== 'reserved') {
        drop(attempt);
        show(attempt, {phase: body.status, order: body});
        return;
      }
    } catch (failure) {
      if (failure instanceof Problem && failure.status === 404) {
        // Lost before it was written. The same key is good for another try.
        pursue(attempt);
        return;
      }
      if (isFinal(attempt, failure)) {
        return;
      }
    }
  }
}

/** A refusal is certain, since the shop looks for an order under the key before anything else. */
function isFinal(attempt, failure) {
  if (failure instanceof Unanswered || failure.status >= 500 || failure.status === 429 || failure.status === 408) {
    return false;
  }
  if (!(failure instanceof Problem)) {
    throw failure;
  }
  if (failure.status === 401 || failure.code === 'otp-required') {
    leave(attempt);
    return true;
  }
  drop(attempt);
  show(attempt, {phase: 'refused', problem: failure});
  return true;
}

/** The sale is about to open: whoever pressed at the first moment is not sent away for the inaccuracy of a clock. */
function isTooEarly(failure) {
  return failure.code === 'sale-not-open' && Math.abs(millisToOpening(failure)) < EARLY_MILLIS;
}

function untilOpening(failure, tries) {
  const pause = backOff(tries, FIRST_WAIT_WHERE_EARLY_MILLIS, LONGEST_WAIT_MILLIS);
  return {phase: 'asking', nextTryAt: Date.now() + Math.max(0, millisToOpening(failure)) + pause};
}

function millisToOpening(failure) {
  return Date.parse(failure.body.opensAt) - now();
}

/** The key stays: whoever signs in again under the same name goes on with it. */
function leave(attempt) {
  show(attempt, {phase: 'signed-out'});
  recall();
}

function untilNextTry(failure, tries) {
  const asked = failure.retryAfterMillis ?? 0;
  const own = backOff(tries, FIRST_WAIT_MILLIS, LONGEST_WAIT_MILLIS);
  // Never before the time that the shop names; a little later, each at a time of their own.
  const nextTryAt = Date.now() + Math.max(own, asked * (1 + Math.random() / 4));
  if (failure.status === 429) {
    return {phase: 'waiting', nextTryAt};
  }
  return {phase: failure.code === 'overloaded' ? 'busy' : 'unknown', nextTryAt};
}

function sleepUntil(attempt, time) {
  const name = nameOfAttempt(attempt);
  return new Promise(resolve => {
    const timer = setTimeout(resolve, Math.max(0, time - Date.now()));
    wakers.set(name, () => {
      clearTimeout(timer);
      resolve();
    });
  }).finally(() => wakers.delete(name));
}

function show(attempt, purchase) {
  shown.set(nameOfAttempt(attempt), {tries: 0, nextTryAt: null, order: null, problem: null, ...purchase, attempt});
  refresh();
}

function keep(attempt) {
  inBrowser.set(nameOfAttempt(attempt), attempt);
}

function drop(attempt) {
  inBrowser.remove(nameOfAttempt(attempt));
}

/** Keys are the user's own: on a shared machine nobody goes on with what another wanted. */
function nameOf(userId, productId) {
  return `${PREFIX}${userId}/${productId}`;
}

function nameOfAttempt({userId, productId}) {
  return nameOf(userId, productId);
}

/** 128 random bits; randomUUID exists over TLS only. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
