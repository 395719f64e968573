import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {money, stamp} from '../common/format.js';
import {icon} from '../common/icons.js';
import {refresh} from '../common/render.js';
import {texts} from '../texts.js';
import {Listing, tableOf} from './table.js';

const text = texts.admin.orders;
const STATUSES = ['placed', 'cancelled', 'failed'];
export const orders = new Listing('/api/v1/admin/orders');
let download = null;

const COLUMNS = [
  [text.columns.at, order => stamp(order.reservedAt)],
  [text.columns.order, order => html`<code>${order.orderId}</code>`],
  [text.columns.product, order => html`<a href="#/products/${order.productId}"><code>${order.productId}</code></a>`],
  [text.columns.user, order => html`<code>${order.userId}</code>`],
  [text.columns.units, order => order.units.join(', '), 'number'],
  [text.columns.total, order => money(order.total, order.currency), 'number'],
  [text.columns.status, order => html`<span class="tag" data-tag=${order.status}>${texts.orders.status[order.status]}</span>`],
];

export function ordersPage() {
  return html`
    <h1 class="display" tabindex="-1">${text.title}</h1>
    <form class="filters" @submit=${event => {
      event.preventDefault();
      orders.filterBy(event.target);
    }}>
      <div class="field"><label for="by-product">${text.byProduct}</label>
        <input id="by-product" name="productId" autocomplete="off" .value=${orders.filters.productId ?? ''}></div>
      <div class="field"><label for="by-status">${text.byStatus}</label>
        <select id="by-status" name="status">
          <option value="">${text.anyStatus}</option>
          ${STATUSES.map(status => html`
            <option value=${status} ?selected=${orders.filters.status === status}>${texts.orders.status[status]}</option>`)}
        </select></div>
      <button class="primary" type="submit">${texts.admin.filter}</button>
      <button type="button" aria-disabled=${download?.busy ? 'true' : 'false'} @click=${save}>
        ${icon('download')}${download?.busy ? text.saving : text.save}</button>
    </form>
    ${download?.failed ? html`<p class="banner" role="status">${text.notSaved}</p>` : nothing}
    ${tableOf(orders, text.title, COLUMNS, text.none)}`;
}

/** Downloads all matching orders: the same URL, requested as CSV. */
async function save() {
  if (download?.busy) {
    return;
  }
  download = {busy: true};
  refresh();
  try {
    const response = await fetch(orders.address(), {headers: {Accept: 'text/csv'}, credentials: 'same-origin'});
    if (!response.ok || !/^text\/csv/.test(response.headers.get('Content-Type') ?? '')) {
      throw new Error(`status ${response.status}`);
    }
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await response.blob());
    link.download = 'orders.csv';
    link.click();
    URL.revokeObjectURL(link.href);
    download = null;
  } catch {
    download = {failed: true};
  }
  refresh();
}
