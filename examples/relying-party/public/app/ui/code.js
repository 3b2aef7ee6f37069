/** Blocks of code: wrapped, scrollable with the keyboard, with a copy button. */
import { announce, h } from './dom.js';

/** @type {(label: string, content: Node | string, text: string) => HTMLElement} */
export function codeBlock(label, content, text) {
  return h(
    'figure',
    { class: 'code' },
    h('figcaption', {}, h('span', {}, label), copyButton(label, text)),
    h('pre', { tabindex: 0, role: 'group', 'aria-label': label }, h('code', {}, content)),
  );
}

/** A reply as it came, indented and coloured when it is JSON. */
export function jsonBlock(/** @type {string} */ label, /** @type {string} */ raw) {
  const value = parse(raw);
  if (value === undefined) return codeBlock(label, raw, raw);
  return codeBlock(label, highlight(value), JSON.stringify(value, null, 2));
}

/** @type {(raw: string) => unknown} */
function parse(raw) {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

/** @type {(value: unknown, indent?: string) => Node} */
export function highlight(value, indent = '') {
  if (typeof value === 'string') return h('span', { class: 'json-string' }, JSON.stringify(value));
  if (typeof value !== 'object' || value === null) return h('span', { class: 'json-other' }, String(value));

  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const entries = Object.entries(value);
  const all = document.createDocumentFragment();
  all.append(open ?? '');
  const deeper = `${indent}  `;
  entries.forEach(([key, item], index) => {
    all.append(`\n${deeper}`);
    if (!Array.isArray(value)) all.append(h('span', { class: 'json-key' }, JSON.stringify(key)), ': ');
    all.append(highlight(item, deeper), index < entries.length - 1 ? ',' : '');
  });
  all.append(entries.length ? `\n${indent}` : '', close ?? '');
  return all;
}

/** @type {(label: string, text: string) => HTMLButtonElement} */
export function copyButton(label, text) {
  const words = h('span', {}, 'Copy');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      words.textContent = 'Copied';
      announce(`${label} copied.`);
    } catch {
      words.textContent = 'Not allowed';
      announce('The browser did not allow copying. Select the text instead.');
    }
    setTimeout(() => {
      words.textContent = 'Copy';
    }, 2000);
  };
  return h(
    'button',
    { type: 'button', class: 'copy', onclick: copy },
    words,
    h('span', { class: 'visually-hidden' }, `: ${label}`),
  );
}

/** @type {(summary: string, ...children: import('./dom.js').Child[]) => HTMLDetailsElement} */
export function folded(summary, ...children) {
  return h('details', { class: 'folded' }, h('summary', {}, summary), h('div', { class: 'folded-body' }, ...children));
}
