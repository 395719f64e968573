import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {texts} from '../texts.js';
import {Problem} from './api.js';
import {icon} from './icons.js';
import {announce, focusOn, refresh} from './render.js';
import * as account from './session.js';

/** The steps: password, register, code, forgot, reset. */
const form = {open: false, step: 'password', note: null, email: '', busy: false, errors: {}, message: null};
let whenDone = () => {};
let whenLeft = () => {};

/**
 * Asks to sign in.
 *
 * @param note why, in a line
 * @param done goes on with what the visitor wanted
 * @param left they changed their mind
 */
export function openSignIn({note = null, done = () => {}, left = () => {}, step = null} = {}) {
  whenDone = done;
  whenLeft = left;
  Object.assign(form, {open: true, note, errors: {}, message: null, busy: false});
  goTo(step ?? (account.session.codeDue ? 'code' : 'password'));
}

function goTo(step) {
  form.email = document.querySelector('#sign-in [name="email"]')?.value ?? form.email;
  Object.assign(form, {step, errors: {}, message: null});
  show();
}

async function show() {
  await focusOn('#sign-in h2');
  const dialog = document.getElementById('sign-in');
  if (dialog && !dialog.open) {
    dialog.showModal();
  }
  dialog?.querySelector('[data-first]')?.focus();
}

function leave() {
  form.open = false;
  refresh();
  whenLeft();
}

function finish() {
  form.open = false;
  document.getElementById('sign-in')?.close();
  refresh();
  whenDone();
}

const steps = {
  async password({email, password}) {
    form.email = email.trim();
    await account.signIn(email, password);
    goTo('code');
  },
  async register({email, password}) {
    form.email = email.trim();
    await account.register(email, password);
    await account.signIn(email, password);
    goTo('code');
  },
  async code({code}) {
    await account.enterCode(code.replace(/\s/g, ''));
    finish();
  },
  async forgot({email}) {
    form.email = email.trim();
    await account.askForNewPassword(email);
    goTo('reset');
  },
  async reset({code, password}) {
    await account.setNewPassword(form.email, code.replace(/\s/g, ''), password);
    goTo('password');
    form.message = {good: true, text: texts.signIn.passwordSet};
  },
};

async function submit(event) {
  event.preventDefault();
  if (!form.busy) {
    const values = Object.fromEntries(new FormData(event.target));
    await attempt(() => steps[form.step](values));
  }
}

async function attempt(action) {
  Object.assign(form, {busy: true, errors: {}, message: null});
  refresh();
  try {
    await action();
  } catch (failure) {
    explain(failure);
  }
  form.busy = false;
  refresh();
  if (form.message) {
    announce(form.message.text);
  }
}

function explain(failure) {
  if (!(failure instanceof Problem)) {
    form.message = {text: texts.noAnswer};
    return;
  }
  if (failure.code === 'not-authenticated') {
    // The session that waited for its code has ended.
    account.forgetSession();
    goTo('password');
  }
  form.errors = failure.code === 'email-taken' ? {email: texts.signIn.emailTaken} : failure.fields();
  const field = Object.keys(form.errors)[0];
  if (field) {
    focusOn(`#sign-in [name="${field}"]`);
  } else {
    form.message = {text: texts.problem(failure)};
    focusOn('#sign-in [data-first]');
  }
}

async function again() {
  await attempt(async () => {
    await account.sendCodeAgain();
    form.message = {good: true, text: texts.signIn.sentAgain};
  });
}

/** The dialog; belongs once on a page. */
export function signInDialog() {
  return html`
    <dialog id="sign-in" class="sheet" aria-labelledby="sign-in-title" @close=${() => form.open && leave()}>
      ${form.open ? sheet() : nothing}
    </dialog>`;
}

function sheet() {
  const text = texts.signIn[form.step];
  return html`
    <div class="sheet-head">
      <h2 id="sign-in-title" tabindex="-1">${text.title}</h2>
      <button class="plain icon-button" type="button" aria-label=${texts.close}
        @click=${event => event.target.closest('dialog').close()}>${icon('cross')}</button>
    </div>
    ${form.note ? html`<p class="note">${form.note}</p>` : nothing}
    <form class="stack" novalidate @submit=${submit}>
      ${fields[form.step]()}
      ${form.message
        ? html`<p class=${form.message.good ? 'hint good' : 'hint bad'} role="status">${form.message.text}</p>`
        : nothing}
      <button class="primary wide" type="submit" aria-disabled=${form.busy ? 'true' : 'false'}>
        ${form.busy ? texts.signIn.busy : text.action}</button>
    </form>
    <div class="sheet-foot">${ways[form.step]()}</div>`;
}

const fields = {
  password: () => html`${emailField()}${passwordField('current-password')}`,
  register: () => html`${emailField()}${passwordField('new-password', texts.signIn.passwordRule)}`,
  code: () => html`
    <p class="lead">${texts.signIn.codeSentTo(account.codeSentTo() ?? form.email)}</p>
    ${codeField()}`,
  forgot: () => html`<p class="lead">${texts.signIn.forgot.lead}</p>${emailField()}`,
  reset: () => html`
    <p class="lead">${texts.signIn.reset.lead(form.email)}</p>
    ${codeField()}${passwordField('new-password', texts.signIn.passwordRule)}`,
};

const ways = {
  password: () => html`
    ${way('register', texts.signIn.toRegister)}${way('forgot', texts.signIn.toForgot)}`,
  register: () => way('password', texts.signIn.toPassword),
  code: () => html`
    <button class="plain" type="button" @click=${again}>${texts.signIn.toAgain}</button>
    ${way('password', texts.signIn.toOther)}`,
  forgot: () => way('password', texts.signIn.toPassword),
  reset: () => way('password', texts.signIn.toPassword),
};

function way(step, text) {
  return html`<button class="plain" type="button" @click=${() => goTo(step)}>${text}</button>`;
}

function emailField() {
  return field('email', texts.signIn.email, html`
    <input id="sign-in-email" name="email" type="email" autocomplete="username" inputmode="email" required data-first
      .value=${form.email} aria-describedby="sign-in-email-error" aria-invalid=${invalid('email')}>`);
}

function passwordField(autocomplete, rule = null) {
  return field('password', texts.signIn.passwordLabel, html`
    <input id="sign-in-password" name="password" type="password" autocomplete=${autocomplete} required
      aria-describedby="sign-in-password-error" aria-invalid=${invalid('password')}>`, rule);
}

function codeField() {
  return field('code', texts.signIn.codeLabel, html`
    <input id="sign-in-code" name="code" class="code" type="text" inputmode="numeric" autocomplete="one-time-code"
      maxlength="12" required data-first aria-describedby="sign-in-code-error" aria-invalid=${invalid('code')}>`);
}

function invalid(name) {
  return form.errors[name] ? 'true' : 'false';
}

function field(name, label, input, rule = null) {
  return html`
    <div class="field">
      <label for="sign-in-${name}">${label}</label>
      ${input}
      <p class="hint ${form.errors[name] ? 'bad' : ''}" id="sign-in-${name}-error">${
        form.errors[name] ? texts.fieldError(label, form.errors[name]) : rule ?? ''}</p>
    </div>`;
}
