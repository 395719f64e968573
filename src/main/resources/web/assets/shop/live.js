import {backoffMillis} from '../common/backoff.js';

const FIRST_BACKOFF_MILLIS = 500;
const MAX_BACKOFF_MILLIS = 15_000;
/** The most products that the server lets one socket subscribe to. */
const MAX_PRODUCTS = 100;

/**
 * Receives live stock of many products over one WebSocket. A browser limits its connections to one host, and several tabs
 * that each held event streams would use them up.
 */
export class LiveClient {
  #onEvent;
  #onUnknownProduct;
  #onConnectionChange;
  #subscribed = new Set();
  #seqs = new Map();
  #socket = null;
  #attempts = 0;

  /**
   * @param onEvent receives every event that is not older than the last one of its product
   * @param onUnknownProduct receives the id of a product that does not exist or was deleted
   * @param onConnectionChange receives whether the socket is connected
   */
  constructor({onEvent, onUnknownProduct, onConnectionChange}) {
    this.#onEvent = onEvent;
    this.#onUnknownProduct = onUnknownProduct;
    this.#onConnectionChange = onConnectionChange;
  }

  /** Subscribes to these products, in addition to the earlier ones. */
  subscribe(productIds) {
    const fresh = productIds.filter(id => !this.#subscribed.has(id));
    if (this.#subscribed.size + fresh.length > MAX_PRODUCTS) {
      // The protocol has no unsubscribe: a new socket subscribes to the products that are shown now.
      this.#subscribed = new Set(productIds.slice(0, MAX_PRODUCTS));
      this.#socket?.close();
      return;
    }
    fresh.forEach(id => this.#subscribed.add(id));
    if (this.#socket === null && this.#subscribed.size > 0) {
      this.#connect();
    } else if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#send(fresh);
    }
  }

  #connect() {
    const url = new URL('/api/v1/live', window.location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.#socket = new WebSocket(url);
    this.#socket.addEventListener('open', () => {
      this.#attempts = 0;
      this.#onConnectionChange(true);
      this.#send([...this.#subscribed]);
    });
    this.#socket.addEventListener('message', message => this.#receive(JSON.parse(message.data)));
    this.#socket.addEventListener('close', () => {
      this.#onConnectionChange(false);
      setTimeout(() => this.#connect(), backoffMillis(this.#attempts++, FIRST_BACKOFF_MILLIS, MAX_BACKOFF_MILLIS));
    });
  }

  #send(productIds) {
    if (productIds.length > 0) {
      this.#socket.send(JSON.stringify({subscribe: productIds}));
    }
  }

  #receive(event) {
    if (event.type === 'error' && event.code === 'not-found') {
      this.#onUnknownProduct(event.productId);
      return;
    }
    const before = this.#seqs.get(event.productId) ?? -1;
    if (typeof event.seq !== 'number' || event.seq < before) {
      return;
    }
    this.#seqs.set(event.productId, event.seq);
    this.#onEvent(event);
  }
}
