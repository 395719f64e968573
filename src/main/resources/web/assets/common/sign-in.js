import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {texts} from '../texts.js';
import {Problem} from './api.js';
import {icon} from './icons.js';
import {announce, focusOn, refresh} from './render.js';
import * as account from './session.js';

/** `step` is one of password, register, code, forgot and reset. */
const form = {open: false, step: 'password', note: null, email: '', busy: false, errors: {}, message: null};
let doneCallback = () => {};
let cancelCallback = () => {};

/**
 * Opens the sign-in dialog.
 *
 * @param note one line that says why to sign in
 * @param onDone is called after the visitor has signed in
 * @param onCancel is called when the visitor closes the dialog
 * @param step the step to begin with; by default the one that the session needs
 */
export function openSignIn({note = null, onDone = () => {}, onCancel = () => {}, step = null} = {}) {
  doneCallback = onDone;
  cancelCallback = onCancel;
  Object.assign(form, {open: true, note, errors: {}, message: null, busy: false});
  goToStep(step ?? (account.session.codePending ? 'code' : 'password'));
}

function goToStep(step) {
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

function cancel() {
  form.open = false;
  refresh();
  cancelCallback();
}

function finish() {
  form.open = false;
  document.getElementById('sign-in')?.close();
  refresh();
  doneCallback();
}

const steps = {
  async password({email, password}) {
    form.email = email.trim();
    await account.signIn(email, password);
    goToStep('code');
  },
  async register({email, password}) {
    form.email = email.trim();
    await account.register(email, password);
    await account.signIn(email, password);
    goToStep('code');
  },
  async code({code}) {
    await account.enterCode(code.replace(/\s/g, ''));
    finish();
  },
  async forgot({email}) {
    form.email = email.trim();
    await account.requestPasswordReset(email);
    goToStep('reset');
  },
  async reset({code, password}) {
    await account.setNewPassword(form.email, code.replace(/\s/g, ''), password);
    goToStep('password');
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
    showError(failure);
  }
  form.busy = false;
  refresh();
  if (form.message) {
    announce(form.message.text);
  }
}

function showError(failure) {
  if (!(failure instanceof Problem)) {
    form.message = {text: texts.unreachable};
    return;
  }
  if (failure.code === 'not-authenticated') {
    // The session has expired before its code was entered.
    account.clearSession();
    goToStep('password');
  }
  form.errors = failure.code === 'email-taken' ? {email: texts.signIn.emailTaken} : failure.fieldErrors();
  const field = Object.keys(form.errors)[0];
  if (field) {
    focusOn(`#sign-in [name="${field}"]`);
  } else {
    form.message = {text: texts.problem(failure)};
    focusOn('#sign-in [data-first]');
  }
}

async function resendCode() {
  await attempt(async () => {
    await account.resendCode();
    form.message = {good: true, text: texts.signIn.sentAgain};
  });
}

/** Renders the dialog. Each page contains it once. */
export function signInDialog() {
  return html`
    <dialog id="sign-in" class="sheet" aria-labelledby="sign-in-title" @close=${() => form.open && cancel()}>
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
    <div class="sheet-foot">${links[form.step]()}</div>`;
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

const links = {
  password: () => html`
    ${stepLink('register', texts.signIn.toRegister)}${stepLink('forgot', texts.signIn.toForgot)}`,
  register: () => stepLink('password', texts.signIn.toPassword),
  code: () => html`
    <button class="plain" type="button" @click=${resendCode}>${texts.signIn.toAgain}</button>
    ${stepLink('password', texts.signIn.toOther)}`,
  forgot: () => stepLink('password', texts.signIn.toPassword),
  reset: () => stepLink('password', texts.signIn.toPassword),
};

function stepLink(step, text) {
  return html`<button class="plain" type="button" @click=${() => goToStep(step)}>${text}</button>`;
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
