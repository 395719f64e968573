import {html, nothing} from '../vendor/lit-html/lit-html.js';
import {texts} from '../texts.js';
import {icon} from './icons.js';
import {session, signOut} from './session.js';
import {openSignIn} from './sign-in.js';

/** Renders a link that skips the header, for keyboards and screen readers. */
export function skipLink() {
  return html`<a class="skip" href="#main" @click=${event => {
    event.preventDefault();
    document.getElementById('main').focus();
  }}>${texts.skip}</a>`;
}

/** Renders the header: logo, links, and the signed-in user. */
export function header(links, home = '#/', area = null) {
  return html`
    <header class="top">
      <a class="brand" href=${home}>
        <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
          <path class="brand-ticket" d="M4 4h24a3 3 0 0 1 3 3v5a4 4 0 0 0 0 8v5a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3v-5a4 4 0 0 0 0-8V7a3 3 0 0 1 3-3z" />
          <path class="brand-bolt" d="M18.5 7 9.5 17.6h5.6L13.4 25l9.1-10.7h-5.7z" />
        </svg>
        <span>${texts.shop}</span>${area ? html`<em>${area}</em>` : nothing}
      </a>
      <nav aria-label=${texts.nav}>${links}${userMenu()}</nav>
    </header>`;
}

function userMenu() {
  if (!session.known) {
    return nothing;
  }
  return session.user ? html`
    <span class="who" title=${session.user.email}>${icon('person')}<span>${session.user.email}</span></span>
    <button class="plain" @click=${() => signOut().catch(() => {})}>${texts.signOut}</button>` : html`
    <button class="plain" @click=${() => openSignIn()}>${icon('person')}<span>${texts.signIn.password.action}</span></button>`;
}
