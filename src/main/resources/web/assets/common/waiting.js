/** Waits that long and up to half of it more, so that a crowd that was sent away does not come back as one. */
export function jittered(millis) {
  return sleep(millis * (1 + Math.random() / 2));
}

export function sleep(millis) {
  return new Promise(resolve => setTimeout(resolve, millis));
}

/** How long to wait before the next try: twice as long each time, up to a bound; the half of it is chance. */
export function backOff(tries, firstMillis, mostMillis) {
  const full = Math.min(mostMillis, firstMillis * 2 ** tries);
  return full / 2 + Math.random() * full / 2;
}
