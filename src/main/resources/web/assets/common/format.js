const LOCALE = 'en';

/** Formats an amount in minor units, with the currency's symbol and digits. */
export function money(minor, currency) {
  const form = new Intl.NumberFormat(LOCALE, {style: 'currency', currency});
  return form.format(minor / 10 ** form.resolvedOptions().maximumFractionDigits);
}

/** Returns the number of decimal places of the currency. */
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

/** Formats date and time in the reader's time zone, which it names. */
export function time(iso) {
  return new Intl.DateTimeFormat(LOCALE, {
    year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short',
  }).format(new Date(iso));
}

/** Formats date and time to the second, for tables. */
export function stamp(iso) {
  return new Intl.DateTimeFormat(LOCALE, {
    year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    hourCycle: 'h23', timeZoneName: 'short',
  }).format(new Date(iso));
}

/** Splits a duration into days, hours, minutes and seconds, rounded up to the second. */
export function parts(millis) {
  const seconds = Math.max(0, Math.ceil(millis / 1000));
  return {
    days: Math.floor(seconds / 86_400),
    hours: Math.floor(seconds / 3_600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  };
}
