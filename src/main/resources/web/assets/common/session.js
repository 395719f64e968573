import {call, Problem} from './api.js';
import {sleepWithJitter} from './backoff.js';
import {refresh} from './render.js';
import {browserStorage, tabStorage} from './storage.js';

/**
 * The storage key under which all tabs of this browser share the session's owner, since scripts cannot read the cookie.
 * The value is the user's id, or {@link CODE_PENDING}; it is absent when nobody is signed in.
 */
const SESSION_KEY = 'flashsale.session';
const CODE_PENDING = 'code-due';
const CODE_SENT_TO_KEY = 'flashsale.code-sent-to';
const RETRY_MILLIS = 2_000;
const signInListeners = [];

/**
 * Is the session of this browser.
 *
 * @property known whether the server has confirmed the session's state
 * @property user {userId, email, role}, or null
 * @property codePending whether the password was accepted and the code has not been entered yet
 */
export const session = {known: false, user: null, codePending: false};

/** Returns the address that the code was sent to, or null if another tab asked for it. */
export function codeSentTo() {
  return tabStorage.get(CODE_SENT_TO_KEY);
}

/** Reads the session's state from the server and retries until the network is back. */
export async function restoreSession() {
  while (browserStorage.get(SESSION_KEY)) {
    try {
      const {body} = await call('GET', '/api/v1/user/profile');
      browserStorage.set(SESSION_KEY, body.userId);
      setSession(body, false);
      break;
    } catch (failure) {
      const code = failure instanceof Problem ? failure.code : null;
      if (code === 'not-authenticated') {
        browserStorage.remove(SESSION_KEY);
      }
      if (code === 'not-authenticated' || code === 'otp-required') {
        setSession(null, code === 'otp-required');
        break;
      }
      await sleepWithJitter(failure.retryAfterMillis ?? RETRY_MILLIS);
    }
  }
  if (!browserStorage.get(SESSION_KEY)) {
    setSession(null, false);
  }
  session.known = true;
  refresh();
}

/** Whether this user is still signed in; another tab may have signed in as somebody else. */
export function isCurrentUser(userId) {
  return session.user?.userId === userId && browserStorage.get(SESSION_KEY) === userId;
}

window.addEventListener('storage', ({key}) => {
  if (key === SESSION_KEY && browserStorage.get(SESSION_KEY) !== (session.user?.userId ?? null)) {
    restoreSession();
  }
});

function setSession(user, codePending) {
  session.user = user;
  session.codePending = codePending;
  refresh();
}

export async function register(email, password) {
  await call('POST', '/api/v1/auth/register', {body: {email, password}});
}

/** Signs in with the password; the server then mails a code. */
export async function signIn(email, password) {
  await call('POST', '/api/v1/auth/login', {body: {email, password}});
  browserStorage.set(SESSION_KEY, CODE_PENDING);
  tabStorage.set(CODE_SENT_TO_KEY, email.trim());
  setSession(null, true);
}

export async function enterCode(code) {
  const {body} = await call('POST', '/api/v1/auth/verify-otp', {body: {code}});
  tabStorage.remove(CODE_SENT_TO_KEY);
  browserStorage.set(SESSION_KEY, body.userId);
  setSession(body, false);
  signInListeners.forEach(listener => listener());
}

/** Registers a function that is called after every sign-in. */
export function onSignedIn(listener) {
  signInListeners.push(listener);
}

export async function resendCode() {
  await call('POST', '/api/v1/auth/otp');
}

export async function requestPasswordReset(email) {
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
  clearSession();
}

/** Forgets a session that has ended on the server. */
export function clearSession() {
  browserStorage.remove(SESSION_KEY);
  setSession(null, false);
}
