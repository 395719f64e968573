import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {call} from '../common/api.js';
import {refresh} from '../common/render.js';
import {texts} from '../texts.js';

/** Reads a list of the API page by page, with filters. */
export class Listing {
  #path;
  #lastRead = 0;
  filters = {};
  items = null;
  next = null;
  error = null;

  constructor(path) {
    this.#path = path;
  }

  /** Returns the URL of the list with its filters, from the first item on. */
  address(limit = null) {
    const query = new URLSearchParams(Object.entries(this.filters).filter(([, value]) => value));
    if (limit) {
      query.set('limit', limit);
    }
    return `${this.#path}${query.size > 0 ? `?${query}` : ''}`;
  }

  /** Reads the first page, or the next one. A response to an earlier read is ignored. */
  async read(more = false) {
    const thisRead = ++this.#lastRead;
    try {
      const address = this.address(50);
      const {body} = await call('GET', more ? `${address}&cursor=${encodeURIComponent(this.next)}` : address);
      if (thisRead === this.#lastRead) {
        this.items = more ? [...this.items, ...body.items] : body.items;
        this.next = body.next;
        this.error = null;
      }
    } catch (failure) {
      if (thisRead === this.#lastRead) {
        this.error = failure;
      }
    }
    refresh();
  }

  /** Filters by the fields of a form. */
  filterBy(form) {
    this.filters = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
    this.items = null;
    return this.read();
  }
}

/** Renders a list as a table. Each column is [heading, function that renders an item's cell, kind]. */
export function tableOf(listing, caption, columns, empty) {
  if (listing.error) {
    return html`
      <div class="empty" role="status">
        <p>${listing.error.status === 404 ? texts.admin.missing : texts.problem(listing.error)}</p>
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
