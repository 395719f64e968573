import {call, Problem} from './api.js';
import {inBrowser, inTab} from './kept.js';
import {refresh} from './render.js';
import {jittered} from './waiting.js';

/**
 * The cookie is out of reach of scripts. This tells all tabs of the browser whose it is: a user's id, or that a code is
 * still due; nothing where nobody is signed in.
 */
const WHOSE = 'flashsale.session';
const CODE_DUE = 'code-due';
const EMAIL = 'flashsale.code-sent-to';
const ASK_AGAIN_MILLIS = 2_000;
const whenSignedIn = [];

/**
 * Who is here.
 *
 * @property known whether that was found out yet
 * @property user {userId, email, role}, or null
 * @property codeDue whether the password was right and the code is still to be entered
 */
export const session = {known: false, user: null, codeDue: false};

/** Where the code was sent to, or null where this tab does not know. */
export function codeSentTo() {
  return inTab.get(EMAIL);
}

/** Finds out who is here, however long the network is away. */
export async function recall() {
  while (inBrowser.get(WHOSE)) {
    try {
      const {body} = await call('GET', '/api/v1/user/profile');
      inBrowser.set(WHOSE, body.userId);
      become(body, false);
      break;
    } catch (failure) {
      const code = failure instanceof Problem ? failure.code : null;
      if (code === 'not-authenticated') {
        inBrowser.remove(WHOSE);
      }
      if (code === 'not-authenticated' || code === 'otp-required') {
        become(null, code === 'otp-required');
        break;
      }
      await jittered(failure.retryAfterMillis ?? ASK_AGAIN_MILLIS);
    }
  }
  if (!inBrowser.get(WHOSE)) {
    become(null, false);
  }
  session.known = true;
  refresh();
}

/** Whether the next call is still made in the name of this user, whatever another tab did. */
export function isStill(userId) {
  return session.user?.userId === userId && inBrowser.get(WHOSE) === userId;
}

window.addEventListener('storage', ({key}) => {
  if (key === WHOSE && inBrowser.get(WHOSE) !== (session.user?.userId ?? null)) {
    recall();
  }
});

function become(user, codeDue) {
  session.user = user;
  session.codeDue = codeDue;
  refresh();
}

export async function register(email, password) {
  await call('POST', '/api/v1/auth/register', {body: {email, password}});
}

/** A right password; a code is on its way then. */
export async function signIn(email, password) {
  await call('POST', '/api/v1/auth/login', {body: {email, password}});
  inBrowser.set(WHOSE, CODE_DUE);
  inTab.set(EMAIL, email.trim());
  become(null, true);
}

export async function enterCode(code) {
  const {body} = await call('POST', '/api/v1/auth/verify-otp', {body: {code}});
  inTab.remove(EMAIL);
  inBrowser.set(WHOSE, body.userId);
  become(body, false);
  whenSignedIn.forEach(go => go());
}

/** Does that whenever somebody has signed in, from wherever on the page. */
export function onSignedIn(go) {
  whenSignedIn.push(go);
}

export async function sendCodeAgain() {
  await call('POST', '/api/v1/auth/otp');
}

export async function askForNewPassword(email) {
  await call('POST', '/api/v1/auth/forgot-password', {body: {email}});
}

export async function setNewPassword(email, code, password) {
  await call('POST', '/api/v1/auth/reset-password', {body: {email, code, password}});
}

export async function signOut() {
  try {
    await call('POST', '/api/v1/auth/logout');
  } catch (failure) {
    if (!(failure instanceof Problem) || failure.status !== 401) {
      throw failure;
    }
  }
  forgetSession();
}

/** The shop does not know this session any more. */
export function forgetSession() {
  inBrowser.remove(WHOSE);
  become(null, false);
}
