/* What every part of the script needs of the page. */
export const $ = (css, root = document) => root.querySelector(css);
export const $$ = (css, root = document) => [...root.querySelectorAll(css)];

/* Says something to a screen reader, politely. */
export function say(text) {
  const box = $("#say");
  if (box) box.textContent = text;
}

/* Keeps a small choice of the reader; where the browser forbids it, the choice lasts a page. */
const kept = new Map();
export function remember(name, value) {
  kept.set(name, value);
  try { localStorage.setItem(name, value); } catch { /* the browser keeps nothing: no harm */ }
}
export function recall(name) {
  try { return localStorage.getItem(name) ?? kept.get(name) ?? null; } catch { return kept.get(name) ?? null; }
}
