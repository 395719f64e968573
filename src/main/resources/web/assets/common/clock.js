/**
 * The shop's time. A countdown goes by it, whatever the clock of this machine shows.
 *
 * Each answer says in which second it was made. It was made between the call and its answer, so each narrows down by how
 * much the two clocks differ.
 */
let least = -Infinity;
let most = Infinity;

/** Takes in the Date header of an answer. */
export function heardDate(header, calledAt, answeredAt) {
  const second = Date.parse(header ?? '');
  if (Number.isNaN(second)) {
    return;
  }
  const newLeast = Math.max(least, second - answeredAt);
  const newMost = Math.min(most, second + 1000 - calledAt);
  if (newLeast <= newMost) {
    [least, most] = [newLeast, newMost];
  } else {
    // One of the clocks was set meanwhile: what was known before is worth nothing.
    [least, most] = [second - answeredAt, second + 1000 - calledAt];
  }
}

/** Milliseconds since 1970, by the shop's clock. */
export function now() {
  const known = Number.isFinite(least) && Number.isFinite(most);
  return Date.now() + (known ? (least + most) / 2 : 0);
}

/**
 * The latest moment that is certainly over by the shop's clock, at the most a second before {@link now}; before the shop was
 * heard, a second ago by this machine's.
 */
export function justPast() {
  return Date.now() + (Number.isFinite(least) ? least : -1_000);
}
