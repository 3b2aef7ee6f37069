/** What an API is told about a token. */
import { h } from './dom.js';
import { badge } from './parameters.js';

/** @type {(active: boolean, words: string) => HTMLElement} */
export function verdict(active, words) {
  return h(
    'p',
    { class: 'verdict', 'data-testid': 'introspection', 'data-active': String(active) },
    badge(active ? 'passed' : 'failed', active ? 'Active' : 'Not active'),
    h('span', {}, words),
  );
}

/** @type {(id: string, text: string, onclick: () => void) => HTMLButtonElement} */
export function actionButton(id, text, onclick) {
  return h('button', { type: 'button', class: 'button primary', id, onclick }, text);
}
