/** Fields with a label, a hint and a place for what is wrong; and a form that is read before it acts. */
import { h } from './dom.js';

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** @type {(label: string, control: Control, hint?: string, width?: string) => HTMLElement} */
export function field(label, control, hint, width = '') {
  const hintId = `${control.id}-hint`;
  const problemId = `${control.id}-problem`;
  control.setAttribute('aria-describedby', hint ? `${hintId} ${problemId}` : problemId);
  return h(
    'div',
    { class: `field ${width}` },
    h('label', { for: control.id }, label),
    control,
    hint && h('p', { class: 'hint', id: hintId }, hint),
    h('p', { class: 'problem', id: problemId }),
  );
}

/** @type {(label: string, box: HTMLInputElement, hint: string) => HTMLElement} */
export function choice(label, box, hint) {
  const hintId = `${box.id}-hint`;
  box.setAttribute('aria-describedby', hintId);
  return h(
    'div',
    { class: 'choice wide' },
    box,
    h('label', { for: box.id }, label),
    h('p', { class: 'hint', id: hintId }, hint),
  );
}

/** @type {(id: string, attributes?: Record<string, any>) => HTMLInputElement} */
export function textInput(id, attributes = {}) {
  return h('input', { id, name: id, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', ...attributes });
}

/** @type {(id: string, text: string, rows?: number) => HTMLTextAreaElement} */
export function textArea(id, text, rows = 2) {
  const attributes = { id, name: id, rows, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' };
  return h('textarea', { class: 'code-text', ...attributes }, text);
}

/** @type {(name: string, options: [value: string, text: string][]) => HTMLSelectElement} */
export function select(name, options) {
  return h('select', { id: name, name }, ...options.map(([value, text]) => h('option', { value }, text)));
}

/** @type {(id: string, text: string) => HTMLButtonElement} */
export function submitButton(id, text) {
  return h('button', { id, class: 'button primary' }, text);
}

/**
 * `read` returns nothing when something is wrong, after it complained. `onchange` is called at once and after each valid change.
 *
 * @template Settings
 * @param {(HTMLElement | false | undefined)[]} children
 * @param {() => Settings | undefined} read
 * @param {{ onchange?: (settings: Settings) => void, onstart: (settings: Settings) => Promise<void> }} listeners
 */
export function settingsForm(children, read, { onchange, onstart }) {
  const form = h('form', { class: 'settings', novalidate: true }, ...children);
  const change = () => {
    const settings = read();
    if (settings !== undefined) onchange?.(settings);
  };
  if (onchange) change();
  form.addEventListener('input', ({ target }) => {
    if (onchange) change();
    else complain(/** @type {Control} */ (target), '');
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // A second press while the first is being answered asks for nothing new.
    if (form.closest('[data-state="running"]')) return;
    const settings = read();
    if (settings !== undefined) {
      onstart(settings);
      return;
    }
    const wrong = form.querySelector('[aria-invalid]');
    if (wrong instanceof HTMLElement) wrong.focus();
  });
  return form;
}

/** @type {(control: Control, problem: string) => void} */
export function complain(control, problem) {
  if (problem) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
  const place = control.parentElement?.querySelector('.problem');
  if (place) place.textContent = problem;
}

/** The scope as words with one space between; undefined, with a complaint, when it cannot be one. @type {(control: Control) => string | undefined} */
export function readScope(control) {
  const words = control.value.split(/\s+/).filter(Boolean);
  // RFC 6749 §3.3: printable ASCII without quotation marks and backslashes.
  const fine = words.every((word) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(word));
  complain(control, fine ? '' : 'A scope is plain ASCII, without quotation marks or backslashes.');
  return fine ? words.join(' ') : undefined;
}

/** What was typed, or nothing and a complaint when that is nothing. @type {(control: Control, problem: string) => string | undefined} */
export function readRequired(control, problem) {
  const text = control.value.trim();
  complain(control, text ? '' : problem);
  return text || undefined;
}
