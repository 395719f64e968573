const LOCALE = 'en';

/** Minor units as people write them. */
export function money(minor, currency) {
  const form = new Intl.NumberFormat(LOCALE, {style: 'currency', currency});
  return form.format(minor / 10 ** form.resolvedOptions().maximumFractionDigits);
}

/** How many digits the currency has after the point. */
export function fractionDigits(currency) {
  try {
    return new Intl.NumberFormat(LOCALE, {style: 'currency', currency}).resolvedOptions().maximumFractionDigits;
  } catch {
    return 2;
  }
}

export function number(value, digits = 0) {
  return new Intl.NumberFormat(LOCALE, {maximumFractionDigits: digits}).format(value);
}

/** Day and time where the reader is. */
export function time(iso) {
  return new Intl.DateTimeFormat(LOCALE, {dateStyle: 'medium', timeStyle: 'short'}).format(new Date(iso));
}

/** To the second, for tables. */
export function stamp(iso) {
  return new Intl.DateTimeFormat(LOCALE, {
    year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(iso));
}

/** Days, hours, minutes and seconds of a duration, rounded up to the second. */
export function parts(millis) {
  const seconds = Math.max(0, Math.ceil(millis / 1000));
  return {
    days: Math.floor(seconds / 86_400),
    hours: Math.floor(seconds / 3_600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  };
}
