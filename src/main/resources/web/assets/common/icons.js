import {html, svg} from '../vendor/lit-html/lit-html.js';

/** The icons are 24 by 24 and take the text's colour. Text always accompanies them: no icon carries meaning alone. */
const SHAPES = {
  cross: svg`<path d="M6 6l12 12M18 6 6 18"/>`,
  check: svg`<path d="M4.5 12.5 10 18 20 6.5"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>`,
  pause: svg`<path d="M9 6v12M15 6v12"/>`,
  bolt: svg`<path d="M13.5 3 5 14h6l-1.5 7L19 9.5h-6z"/>`,
  slash: svg`<circle cx="12" cy="12" r="8.5"/><path d="M6.2 17.8 17.8 6.2"/>`,
  stop: svg`<rect x="6" y="6" width="12" height="12" rx="1.5"/>`,
  question: svg`<circle cx="12" cy="12" r="8.5"/><path d="M9.6 9.4a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2 1-1.2 1.8v.4M12 16.9v.1"/>`,
  alert: svg`<path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 16.9v.1"/>`,
  arrow: svg`<path d="M5 12h14M13 6l6 6-6 6"/>`,
  back: svg`<path d="M19 12H5M11 6l-6 6 6 6"/>`,
  ticket: svg`<path d="M3.5 6.5h17v3.7a1.9 1.9 0 0 0 0 3.6v3.7h-17v-3.7a1.9 1.9 0 0 0 0-3.6zM14.5 7v10"/>`,
  person: svg`<circle cx="12" cy="8.3" r="3.8"/><path d="M4.5 20c1-4 4-6 7.5-6s6.5 2 7.5 6"/>`,
  minus: svg`<path d="M5 12h14"/>`,
  plus: svg`<path d="M5 12h14M12 5v14"/>`,
  download: svg`<path d="M12 4v11M7 10.5l5 5 5-5M5 20h14"/>`,
};

export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${SHAPES[name]}</svg>`;
}
