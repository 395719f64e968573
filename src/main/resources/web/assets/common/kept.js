/** What survives a reload; where the browser keeps nothing, it lasts as long as the page. */
export class Kept {
  #store;
  #here = new Map();

  /** @param {() => Storage} store may throw: some browsers forbid it */
  constructor(store) {
    try {
      this.#store = store();
    } catch {
      this.#store = null;
    }
  }

  get(name) {
    const text = this.#store === null ? this.#here.get(name) ?? null : this.#try(store => store.getItem(name));
    try {
      return text === null ? null : JSON.parse(text);
    } catch {
      return null;
    }
  }

  set(name, value) {
    const text = JSON.stringify(value);
    this.#here.set(name, text);
    this.#try(store => store.setItem(name, text));
  }

  remove(name) {
    this.#here.delete(name);
    this.#try(store => store.removeItem(name));
  }

  /** Everything whose name begins so. */
  startingWith(prefix) {
    const names = new Set([...this.#here.keys(), ...(this.#try(store => Object.keys(store)) ?? [])]);
    return [...names].filter(name => name.startsWith(prefix)).map(name => this.get(name)).filter(Boolean);
  }

  #try(action) {
    try {
      return this.#store === null ? null : action(this.#store);
    } catch {
      return null;
    }
  }
}

/** In this browser, over all its tabs. */
export const inBrowser = new Kept(() => window.localStorage);

/** In this tab. */
export const inTab = new Kept(() => window.sessionStorage);
