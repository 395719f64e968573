import {heardDate} from './clock.js';

const PATIENCE_MILLIS = 12_000;

/** An answer other than 2xx: the shop understood, and said no (RFC 9457). */
export class Problem extends Error {
  constructor(status, body, retryAfterMillis) {
    super(body.detail ?? body.title ?? `status ${status}`);
    this.status = status;
    this.code = body.code ?? null;
    this.body = body;
    this.retryAfterMillis = retryAfterMillis;
  }

  /** What is wrong with which field. */
  fields() {
    return Object.fromEntries((this.body.errors ?? []).map(({field, message}) => [field, message]));
  }
}

/** No answer came. Whether the call arrived, nobody here knows. */
export class Unanswered extends Error {}

/**
 * Calls the API.
 *
 * @returns {Promise<{status: number, headers: Headers, body: any}>}
 * @throws {Problem} where the answer is not 2xx
 * @throws {Unanswered} where there is none
 */
export async function call(method, path, {body, headers = {}, patience = PATIENCE_MILLIS} = {}) {
  const response = await send(method, path, body, headers, patience);
  const json = /json/.test(response.type) && response.text !== '' ? JSON.parse(response.text) : null;
  if (response.status >= 400) {
    throw new Problem(response.status, json ?? {}, retryAfterMillis(response.headers));
  }
  return {status: response.status, headers: response.headers, body: json ?? response.text};
}

async function send(method, path, body, headers, patience) {
  const calledAt = Date.now();
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: body === undefined ? headers : {...headers, 'Content-Type': 'application/json'},
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
    heardDate(response.headers.get('Date'), calledAt, Date.now());
    // Read here: an answer that breaks off in the middle is none.
    const text = await response.text();
    const type = response.headers.get('Content-Type') ?? '';
    return {status: response.status, headers: response.headers, type, text};
  } catch (failure) {
    throw new Unanswered(failure.message);
  }
}

function retryAfterMillis(headers) {
  const seconds = Number(headers.get('Retry-After'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}
