import {render} from '../vendor/lit-html/lit-html.js';

let draw = () => {};
let due = false;

/** Shows a view in an element, again and again. One a page. */
export function mount(view, element) {
  draw = () => render(view(), element);
  draw();
}

/** Something changed: the view is shown once more, however many changes come together. */
export function refresh() {
  if (!due) {
    due = true;
    queueMicrotask(() => {
      due = false;
      draw();
    });
  }
}

/** After what was changed is on the page. */
export async function refreshed() {
  refresh();
  await Promise.resolve();
  await Promise.resolve();
}

/** Moves the focus to the first element that fits, once it is there. */
export async function focusOn(selector) {
  await refreshed();
  document.querySelector(selector)?.focus();
}

/** Tells those who listen to the page; each text once. */
export function announce(text) {
  const news = document.getElementById('news');
  if (news && news.textContent !== text) {
    news.textContent = text;
  }
}
