/**
 * Estimates the server's time. Countdowns use it, so a wrong clock on this machine does not matter.
 *
 * Each response has a Date header, which names the second in which the response was made. That moment lies between the
 * request and the response, so every response narrows the range of the offset between the two clocks, in milliseconds.
 */
let minOffset = -Infinity;
let maxOffset = Infinity;

/** Narrows the offset by the Date header of a response. */
export function recordServerDate(header, requestedAt, respondedAt) {
  const second = Date.parse(header ?? '');
  if (Number.isNaN(second)) {
    return;
  }
  const newMin = Math.max(minOffset, second - respondedAt);
  const newMax = Math.min(maxOffset, second + 1000 - requestedAt);
  if (newMin <= newMax) {
    [minOffset, maxOffset] = [newMin, newMax];
  } else {
    // One of the clocks was set meanwhile, so the earlier range is wrong.
    [minOffset, maxOffset] = [second - respondedAt, second + 1000 - requestedAt];
  }
}

/** Returns the server's time in milliseconds since 1970. */
export function now() {
  const known = Number.isFinite(minOffset) && Number.isFinite(maxOffset);
  return Date.now() + (known ? (minOffset + maxOffset) / 2 : 0);
}

/**
 * Returns the latest moment that is certainly past on the server's clock, at most a second before {@link now}. Before the
 * first response, it is one second ago on this machine's clock.
 */
export function justPast() {
  return Date.now() + (Number.isFinite(minOffset) ? minOffset : -1_000);
}
