/** Stores JSON values in the browser. Where the browser forbids storage, they last as long as the page. */
export class JsonStorage {
  #storage;
  #fallback = new Map();

  /** @param {() => Storage} open returns the browser's storage; some browsers forbid it by throwing an error */
  constructor(open) {
    try {
      this.#storage = open();
    } catch {
      this.#storage = null;
    }
  }

  get(name) {
    const text = this.#storage === null
      ? this.#fallback.get(name) ?? null
      : this.#try(storage => storage.getItem(name));
    try {
      return text === null ? null : JSON.parse(text);
    } catch {
      return null;
    }
  }

  set(name, value) {
    const text = JSON.stringify(value);
    this.#fallback.set(name, text);
    this.#try(storage => storage.setItem(name, text));
  }

  remove(name) {
    this.#fallback.delete(name);
    this.#try(storage => storage.removeItem(name));
  }

  /** Returns all values whose name starts with the prefix. */
  startingWith(prefix) {
    const names = new Set([...this.#fallback.keys(), ...(this.#try(storage => Object.keys(storage)) ?? [])]);
    return [...names].filter(name => name.startsWith(prefix)).map(name => this.get(name)).filter(Boolean);
  }

  #try(action) {
    try {
      return this.#storage === null ? null : action(this.#storage);
    } catch {
      return null;
    }
  }
}

/** Is shared by all tabs of this browser. */
export const browserStorage = new JsonStorage(() => window.localStorage);

/** Belongs to this tab. */
export const tabStorage = new JsonStorage(() => window.sessionStorage);
