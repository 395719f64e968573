import {backOff} from '../common/waiting.js';

const FIRST_WAIT_MILLIS = 500;
const LONGEST_WAIT_MILLIS = 15_000;
/** What the shop lets one socket subscribe to. */
const MOST_PRODUCTS = 100;

/**
 * Live stock over one WebSocket, however many products are looked at: a browser opens few connections to one house, and
 * tabs that each held an event stream would use them up.
 */
export class Live {
  #heard;
  #gone;
  #stands;
  #wanted = new Set();
  #seqs = new Map();
  #socket = null;
  #tries = 0;

  /**
   * @param heard is told every event that is not older than what was told of its product before
   * @param gone is told the id of a product that is not there, or not any more
   * @param stands is told whether the line stands
   */
  constructor({heard, gone, stands}) {
    this.#heard = heard;
    this.#gone = gone;
    this.#stands = stands;
  }

  /** Listens to these products, too. */
  listen(productIds) {
    const fresh = productIds.filter(id => !this.#wanted.has(id));
    if (this.#wanted.size + fresh.length > MOST_PRODUCTS) {
      // A socket cannot unsubscribe: a new one is opened for what is looked at now.
      this.#wanted = new Set(productIds.slice(0, MOST_PRODUCTS));
      this.#socket?.close();
      return;
    }
    fresh.forEach(id => this.#wanted.add(id));
    if (this.#socket === null && this.#wanted.size > 0) {
      this.#connect();
    } else if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#subscribe(fresh);
    }
  }

  #connect() {
    const url = new URL('/api/v1/live', window.location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.#socket = new WebSocket(url);
    this.#socket.addEventListener('open', () => {
      this.#tries = 0;
      this.#stands(true);
      this.#subscribe([...this.#wanted]);
    });
    this.#socket.addEventListener('message', message => this.#take(JSON.parse(message.data)));
    this.#socket.addEventListener('close', () => {
      this.#stands(false);
      setTimeout(() => this.#connect(), backOff(this.#tries++, FIRST_WAIT_MILLIS, LONGEST_WAIT_MILLIS));
    });
  }

  #subscribe(productIds) {
    if (productIds.length > 0) {
      this.#socket.send(JSON.stringify({subscribe: productIds}));
    }
  }

  #take(event) {
    if (event.type === 'error' && event.code === 'not-found') {
      this.#gone(event.productId);
      return;
    }
    const before = this.#seqs.get(event.productId) ?? -1;
    if (typeof event.seq !== 'number' || event.seq < before) {
      return;
    }
    this.#seqs.set(event.productId, event.seq);
    this.#heard(event);
  }
}
