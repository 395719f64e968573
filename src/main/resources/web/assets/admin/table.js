import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {call} from '../common/api.js';
import {refresh} from '../common/render.js';
import {texts} from '../texts.js';

/** A list of the API, read page by page, with filters. */
export class Listing {
  #path;
  #turn = 0;
  filters = {};
  items = null;
  next = null;
  trouble = null;

  constructor(path) {
    this.#path = path;
  }

  /** The address of what is shown, from its first item on. */
  address(limit = null) {
    const query = new URLSearchParams(Object.entries(this.filters).filter(([, value]) => value));
    if (limit) {
      query.set('limit', limit);
    }
    return `${this.#path}${query.size > 0 ? `?${query}` : ''}`;
  }

  /** Reads anew, or goes on. */
  async read(more = false) {
    const turn = ++this.#turn;
    try {
      const address = this.address(50);
      const {body} = await call('GET', more ? `${address}&cursor=${encodeURIComponent(this.next)}` : address);
      if (turn === this.#turn) {
        this.items = more ? [...this.items, ...body.items] : body.items;
        this.next = body.next;
        this.trouble = null;
      }
    } catch (failure) {
      if (turn === this.#turn) {
        this.trouble = failure;
      }
    }
    refresh();
  }

  /** Filters by what a form holds. */
  filterBy(form) {
    this.filters = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
    this.items = null;
    return this.read();
  }
}

/** A table of it; columns are [heading, cell of an item, kind]. */
export function tableOf(listing, caption, columns, empty) {
  if (listing.trouble) {
    return html`
      <div class="empty" role="status">
        <p>${listing.trouble.status === 404 ? texts.admin.missing : texts.problem(listing.trouble)}</p>
        <button @click=${() => listing.read()}>${texts.again}</button>
      </div>`;
  }
  if (listing.items === null) {
    return html`<p class="empty" role="status">${texts.loading}</p>`;
  }
  if (listing.items.length === 0) {
    return html`<p class="empty" role="status">${empty}</p>`;
  }
  return html`
    <div class="table" role="region" aria-label=${caption} tabindex="0">
      <table>
        <caption class="visually-hidden">${caption}</caption>
        <thead><tr>${columns.map(([heading, , kind]) => html`<th scope="col" data-kind=${kind ?? 'text'}>${heading}</th>`)}</tr></thead>
        <tbody>${listing.items.map(item => html`
          <tr>${columns.map(([, cell, kind]) => html`<td data-kind=${kind ?? 'text'}>${cell(item)}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
    ${listing.next ? html`<p class="more"><button @click=${() => listing.read(true)}>${texts.admin.more}</button></p>` : nothing}`;
}
