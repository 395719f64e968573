import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {number, stamp, time} from '../common/format.js';
import {stateBadge, stockStrip} from '../shop/components.js';
import {texts} from '../texts.js';
import './line-chart.js';
import {isRefusal, metrics} from './metrics.js';

const text = texts.admin.overview;
const MAX_LINES = 6;
const millis = value => `${number(value, value < 100 ? 1 : 0)} ms`;
const perSecond = value => number(value, value < 10 ? 1 : 0);

/** Renders the current metrics and their charts of the last minutes. */
export function overviewPage() {
  return html`
    <h1 class="display" tabindex="-1">${text.title}</h1>
    ${metrics.error ? html`<p class="banner" role="status">${errorText(metrics.error)}</p>` : nothing}
    ${metrics.now ? dashboard(metrics.now) : metrics.error ? nothing : html`<p class="empty">${texts.loading}</p>`}`;
}

function errorText(failure) {
  return failure.status === 404 ? text.missing : `${texts.problem(failure)} ${text.retries}`;
}

function dashboard(now) {
  const last = metrics.points.at(-1);
  const refused = last ? Object.values(last.refusals).reduce((all, value) => all + (value ?? 0), 0) : null;
  return html`
    <ul class="tiles">
      ${tile(text.tiles.sold, last?.sold, perSecond)}
      ${tile(text.tiles.refused, refused, perSecond)}
      ${tile(text.tiles.p50, now.purchases?.latencyMillis?.p50, millis)}
      ${tile(text.tiles.p99, now.purchases?.latencyMillis?.p99, millis)}
      ${tile(text.tiles.inFlight, now.purchases?.inFlight, number)}
      ${tile(text.tiles.outbox, now.outbox, number)}
      ${tile(text.tiles.deadLetters, now.deadLetters, number, now.deadLetters > 0)}
      ${tile(text.tiles.liveClients, now.live?.clients, number)}
    </ul>
    ${stores(now)}
    <div class="charts">
      ${chart(text.charts.sold, [line(text.charts.soldLine, 'sold')], perSecond)}
      ${chart(text.charts.refused, refusalLines(), perSecond)}
      ${chart(text.charts.latency, [line('p50', 'p50'), line('p99', 'p99')], millis)}
      ${chart(text.charts.remaining, remainingLines(now), number)}
      ${chart(text.charts.outbox, [line(text.charts.outboxLine, 'outbox')], number)}
      ${chart(text.charts.hits, [line(text.charts.hitsLine, 'hitRatio')], value => `${number(value, 1)} %`, 100)}
    </div>
    ${selling(now.products ?? [])}
    <p class="hint">${text.node(now.node?.id ?? '', now.node?.startedAt ? time(now.node.startedAt) : '')}</p>`;
}

function tile(label, value, format, alarming = false) {
  return html`
    <li class="tile" data-alarm=${alarming ? 'yes' : 'no'}>
      <span>${label}</span><b>${value === null || value === undefined ? text.nothing : format(value)}</b></li>`;
}

function stores(now) {
  const all = Object.entries(now.stores ?? {}).filter(([, store]) => store?.status);
  const recovering = now.stores?.recovering ?? [];
  return html`
    <ul class="stores">
      ${all.map(([name, store]) => html`
        <li data-status=${store.status}>${text.store(name, store.status, store.since ? stamp(store.since) : '')}</li>`)}
      ${recovering.length > 0 ? html`<li data-status="down">${text.recovering(recovering.length)}</li>` : nothing}
    </ul>`;
}

function line(label, name) {
  return {label, values: metrics.points.map(point => point[name])};
}

function refusalLines() {
  const outcomes = metrics.now.purchases?.outcomes ?? {};
  return Object.entries(outcomes)
    .filter(([name, count]) => isRefusal(name) && count > 0)
    .sort(([, one], [, other]) => other - one)
    .slice(0, MAX_LINES)
    .map(([name]) => ({
      label: text.outcomes[name] ?? name,
      values: metrics.points.map(point => point.refusals[name] ?? null),
    }));
}

function remainingLines(now) {
  return (now.products ?? [])
    .filter(product => product.state === 'open' || product.state === 'sold-out')
    .slice(0, MAX_LINES)
    .map(({id, name}) => ({label: name, values: metrics.points.map(point => point.remaining[id] ?? null)}));
}

function chart(title, series, format, max) {
  return html`
    <figure class="chart">
      <figcaption>
        <h2>${title}</h2>
        <ul class="legend">${series.map(({label, values}, index) => html`
          <li data-line=${index + 1}>${label} <b>${latest(values, format)}</b></li>`)}</ul>
      </figcaption>
      ${series.length > 0 && metrics.points.length > 0
        ? html`<line-chart .chart=${{times: metrics.points.map(point => point.time), series, format, max}}></line-chart>`
        : html`<p class="chart-empty">${metrics.points.length > 0 ? text.charts.none : text.charts.soon}</p>`}
    </figure>`;
}

function latest(values, format) {
  const value = values.at(-1);
  return value === null || value === undefined ? text.nothing : format(value);
}

function selling(products) {
  return html`
    <section aria-labelledby="selling">
      <h2 class="section" id="selling">${text.products}</h2>
      <ul class="selling">${products.filter(product => product.state !== 'closed').map(product => html`
        <li><a href="#/products/${product.id}">${product.name}</a>${stateBadge(product.state)}${stockStrip(product)}</li>`)}
      </ul>
    </section>`;
}
