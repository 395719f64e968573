import {recordServerDate} from './clock.js';

const TIMEOUT_MILLIS = 12_000;

/** Is an error response of the API, as problem details (RFC 9457). */
export class Problem extends Error {
  constructor(status, body, retryAfterMillis) {
    super(body.detail ?? body.title ?? `status ${status}`);
    this.status = status;
    this.code = body.code ?? null;
    this.body = body;
    this.retryAfterMillis = retryAfterMillis;
  }

  /** Returns the error messages by field. */
  fieldErrors() {
    return Object.fromEntries((this.body.errors ?? []).map(({field, message}) => [field, message]));
  }
}

/** Means that no response arrived. The server may or may not have processed the request. */
export class NetworkError extends Error {}

/**
 * Calls the API.
 *
 * @returns {Promise<{status: number, headers: Headers, body: any}>}
 * @throws {Problem} if the response is an error
 * @throws {NetworkError} if no complete response arrives in time
 */
export async function call(method, path, {body, headers = {}, timeoutMillis = TIMEOUT_MILLIS} = {}) {
  const response = await send(method, path, body, headers, timeoutMillis);
  const json = /json/.test(response.type) && response.text !== '' ? JSON.parse(response.text) : null;
  if (response.status >= 400) {
    throw new Problem(response.status, json ?? {}, retryAfterMillis(response.headers));
  }
  return {status: response.status, headers: response.headers, body: json ?? response.text};
}

async function send(method, path, body, headers, timeoutMillis) {
  const requestedAt = Date.now();
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: body === undefined ? headers : {...headers, 'Content-Type': 'application/json'},
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMillis),
    });
    recordServerDate(response.headers.get('Date'), requestedAt, Date.now());
    // The body is read inside the try block: a response that breaks off counts as no response.
    const text = await response.text();
    const type = response.headers.get('Content-Type') ?? '';
    return {status: response.status, headers: response.headers, type, text};
  } catch (failure) {
    throw new NetworkError(failure.message);
  }
}

function retryAfterMillis(headers) {
  const seconds = Number(headers.get('Retry-After'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}
