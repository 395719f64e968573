import {render} from '../vendor/lit-html/lit-html.js';

let renderPage = () => {};
let scheduled = false;

/** Renders a view into an element, now and after each {@link refresh}. Call it once per page. */
export function mount(view, element) {
  renderPage = () => render(view(), element);
  renderPage();
}

/** Schedules a rendering. Several changes at once lead to one rendering. */
export function refresh() {
  if (!scheduled) {
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      renderPage();
    });
  }
}

/** Resolves after the pending changes are rendered. */
export async function refreshed() {
  refresh();
  await Promise.resolve();
  await Promise.resolve();
}

/** Moves the focus to the first element that matches, after the next rendering. */
export async function focusOn(selector) {
  await refreshed();
  document.querySelector(selector)?.focus();
}

/** Announces a text to screen readers, unless it was the last one announced. */
export function announce(text) {
  const region = document.getElementById('live-region');
  if (region && region.textContent !== text) {
    region.textContent = text;
  }
}
