/** Waits between the given time and one and a half times as long, so that many clients do not retry at the same moment. */
export function sleepWithJitter(millis) {
  return sleep(millis * (1 + Math.random() / 2));
}

export function sleep(millis) {
  return new Promise(resolve => setTimeout(resolve, millis));
}

/** Computes an exponential back-off: the delay doubles with each attempt up to a maximum, and half of it is jitter. */
export function backoffMillis(attempts, firstMillis, maxMillis) {
  const full = Math.min(maxMillis, firstMillis * 2 ** attempts);
  return full / 2 + Math.random() * full / 2;
}
