import {repeat} from '../vendor/lit-html/directives/repeat.js';
import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {call} from '../common/api.js';
import {fractionDigits} from '../common/format.js';
import {announce, focusOn, refresh} from '../common/render.js';
import {stateBadge} from '../shop/components.js';
import {stateOf} from '../shop/products.js';
import {texts} from '../texts.js';
import {actions, saleNotice, replace, saleDialog, save} from './products.js';

const text = texts.admin.product;
const EMPTY = {
  id: 'new', version: 0, name: '', description: '', type: 'standard', price: null, currency: 'EUR', stock: '',
  perUserLimit: 1, opensAt: null, closesAt: null, paused: true, cacheTtlSeconds: '',
};

const form = {id: null, product: null, error: null, errors: {}, notice: null, bad: false, busy: false};

/** Opens the form for a product, or an empty one for a new product. */
export async function editProduct(id) {
  Object.assign(form, {id, product: id === 'new' ? EMPTY : null, error: null, errors: {}, notice: null});
  refresh();
  if (id !== 'new') {
    await reload();
  }
}

async function reload() {
  try {
    form.product = (await call('GET', `/api/v1/product/${encodeURIComponent(form.id)}`)).body;
  } catch (failure) {
    form.error = failure;
  }
  refresh();
}

window.addEventListener('product-changed', ({detail}) => {
  if (detail.id === form.id) {
    form.product = detail;
    refresh();
  }
});

export function productPage() {
  if (form.error) {
    return html`<div class="empty"><h1 tabindex="-1">${text.error}</h1><p>${texts.problem(form.error)}</p></div>`;
  }
  const {product} = form;
  if (product === null) {
    return html`<h1 tabindex="-1" class="visually-hidden">${text.edit}</h1><p class="empty">${texts.loading}</p>`;
  }
  const fresh = product.id === 'new';
  const notice = form.notice ?? (fresh ? null : saleNotice());
  return html`
    <div class="head">
      <h1 class="display" tabindex="-1">${fresh ? text.create : product.name}</h1>
      ${fresh ? nothing : html`<div class="row">${stateBadge(stateOf(product))}${actions(product)}</div>`}
    </div>
    ${notice ? html`<p class="banner" data-bad=${form.bad && form.notice ? 'yes' : 'no'} role="status">${notice}</p>` : nothing}
    ${repeat([product], ({id, version}) => `${id}/${version}`, fields)}
    ${fresh ? nothing : saleDialog()}`;
}

function fields(product) {
  const digits = fractionDigits(product.currency);
  const price = product.price === null ? '' : (product.price / 10 ** digits).toFixed(digits);
  return html`
    <form class="editor" novalidate @submit=${submit}>
      <fieldset><legend>${text.what}</legend>
        ${line('name', product.name)}
        ${field('description', html`
          <textarea id="f-description" name="description" rows="4" aria-describedby="f-description-hint"
            aria-invalid=${invalid('description')} .value=${product.description}></textarea>`)}
        ${line('type', product.type)}
      </fieldset>
      <fieldset><legend>${text.howMuch}</legend>
        <div class="pair">${line('price', price, 'decimal')}${line('currency', product.currency)}</div>
        <div class="pair">${line('stock', product.stock, 'numeric')}${line('perUserLimit', product.perUserLimit, 'numeric')}</div>
      </fieldset>
      <fieldset><legend>${text.when}</legend>
        <div class="pair">${dateTime('opensAt', product.opensAt)}${dateTime('closesAt', product.closesAt)}</div>
        <label class="check"><input type="checkbox" name="paused" .checked=${product.paused}> ${text.labels.paused}</label>
        ${line('cacheTtlSeconds', product.cacheTtlSeconds, 'numeric')}
      </fieldset>
      <div class="row">
        <button class="primary" type="submit" aria-disabled=${form.busy ? 'true' : 'false'}>
          ${form.busy ? text.saving : product.id === 'new' ? text.createYes : text.save}</button>
        <a class="button" href="#/products">${text.back}</a>
      </div>
    </form>`;
}

function line(name, value, inputmode = 'text') {
  return field(name, html`
    <input id="f-${name}" name=${name} autocomplete="off" inputmode=${inputmode} aria-describedby="f-${name}-hint"
      aria-invalid=${invalid(name)} .value=${String(value)}>`);
}

function dateTime(name, iso) {
  return field(name, html`
    <input id="f-${name}" name=${name} type="datetime-local" step="1" aria-describedby="f-${name}-hint"
      aria-invalid=${invalid(name)} .value=${local(iso)}>`);
}

function field(name, input) {
  const error = form.errors[name];
  return html`
    <div class="field">
      <label for="f-${name}">${text.labels[name]}</label>
      ${input}
      <p class="hint ${error ? 'bad' : ''}" id="f-${name}-hint">
        ${error ? texts.fieldError(text.labels[name], error) : text.hints[name] ?? ''}</p>
    </div>`;
}

function invalid(name) {
  return form.errors[name] ? 'true' : 'false';
}

/** Converts to the field's format: the reader's local time, without a zone. */
function local(iso) {
  if (!iso) {
    return '';
  }
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

async function submit(event) {
  event.preventDefault();
  if (form.busy) {
    return;
  }
  const {values, errors} = read(event.target);
  Object.assign(form, {errors, notice: null, busy: true});
  refresh();
  try {
    if (Object.keys(errors).length === 0) {
      await send(values);
    }
  } catch (failure) {
    await explain(failure);
  }
  form.busy = false;
  refresh();
  if (Object.keys(form.errors).length > 0) {
    focusOn('.editor [aria-invalid="true"]');
  } else if (form.notice) {
    announce(form.notice);
  }
}

async function send(values) {
  if (form.id === 'new') {
    const {body} = await call('POST', '/api/v1/product/create-product', {body: values});
    Object.assign(form, {id: body.id, product: body, bad: false});
    window.history.replaceState(null, '', `#/products/${body.id}`);
    form.notice = text.created(body.name);
    return;
  }
  const changed = Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== form.product[name]));
  if (Object.keys(changed).length === 0) {
    Object.assign(form, {notice: text.nothing, bad: false});
    return;
  }
  const {body} = await save(form.product, changed);
  replace(body);
  Object.assign(form, {notice: text.saved, bad: false});
}

async function explain(failure) {
  form.errors = failure.fieldErrors?.() ?? {};
  if (failure.code === 'sale-not-paused') {
    form.errors = {perUserLimit: text.limitNeedsPause};
  }
  if (Object.keys(form.errors).length === 0) {
    Object.assign(form, {notice: texts.problem(failure), bad: true});
  }
  if (failure.code === 'version-conflict') {
    await reload();
  }
  if (failure.code === 'unavailable' && form.id !== 'new' && await isStored()) {
    form.notice = text.storedOnly;
  }
}

/** Whether MongoDB has the change although the server answered 503. The next change then builds on that version. */
async function isStored() {
  try {
    const {body} = await call('GET', `/api/v1/product/${encodeURIComponent(form.id)}`);
    const stored = body.version > form.product.version;
    form.product = body;
    return stored;
  } catch {
    return false;
  }
}

/** Reads the form as the API expects it, and collects an error for each field that cannot be read. */
function read(element) {
  const typed = Object.fromEntries(new FormData(element));
  const errors = {};
  const whole = name => {
    if (!/^\d{1,9}$/.test(typed[name].trim())) {
      errors[name] = text.mustBeWhole;
    }
    return Number(typed[name]);
  };
  const when = name => typed[name] === '' ? null : new Date(typed[name]).toISOString();
  const currency = typed.currency.trim().toUpperCase();
  const values = {
    name: typed.name.trim(),
    description: typed.description,
    type: typed.type.trim(),
    price: minor(typed.price, currency),
    currency,
    stock: whole('stock'),
    perUserLimit: whole('perUserLimit'),
    opensAt: when('opensAt'),
    closesAt: when('closesAt'),
    paused: typed.paused === 'on',
  };
  if (values.name === '') {
    errors.name = text.required;
  }
  if (values.price === null) {
    errors.price = text.mustBeAmount;
  }
  if (typed.cacheTtlSeconds.trim() !== '') {
    values.cacheTtlSeconds = whole('cacheTtlSeconds');
  }
  return {values, errors};
}

/** Converts 149.5 to 14950 without floating-point arithmetic; null if it is not an amount. */
function minor(amount, currency) {
  const digits = fractionDigits(currency);
  const [, units, fraction = ''] = /^(\d{1,10})(?:[.,](\d*))?$/.exec(amount.trim()) ?? [];
  return units === undefined || fraction.length > digits ? null : Number(units + fraction.padEnd(digits, '0'));
}
