import {html} from '../vendor/lit-html/lit-html.js';
import {stamp} from '../common/format.js';
import {texts} from '../texts.js';
import {Listing, tableOf} from './table.js';

const text = texts.admin.audit;
export const audit = new Listing('/api/v1/admin/audit');

const COLUMNS = [
  [text.columns.at, entry => stamp(entry.at)],
  [text.columns.action, entry => html`<b>${entry.action}</b>`],
  [text.columns.actor, entry => html`<code>${entry.actor}</code>`],
  [text.columns.subject, entry => html`<code>${entry.subject}</code>`],
  [text.columns.outcome, entry => html`
    <span class="tag" data-tag=${entry.outcome === 'done' ? 'placed' : 'failed'}>${entry.outcome}</span>`],
  [text.columns.details, entry => details(entry.details ?? {})],
];

export function auditPage() {
  return html`
    <h1 class="display" tabindex="-1">${text.title}</h1>
    <form class="filters" @submit=${event => {
      event.preventDefault();
      audit.filterBy(event.target);
    }}>
      ${filter('action')}${filter('actor')}${filter('subject')}
      <button class="primary" type="submit">${texts.admin.filter}</button>
    </form>
    ${tableOf(audit, text.title, COLUMNS, text.none)}`;
}

function filter(name) {
  return html`
    <div class="field"><label for="audit-${name}">${text.columns[name]}</label>
      <input id="audit-${name}" name=${name} autocomplete="off" .value=${audit.filters[name] ?? ''}></div>`;
}

function details(all) {
  return Object.entries(all).map(([name, value]) => html`
    <span class="detail"><small>${name}</small> ${typeof value === 'object' ? JSON.stringify(value) : String(value)}</span>`);
}
