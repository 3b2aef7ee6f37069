/** What a person reads when something needs saying: an error, or a notice. */
import { h } from './dom.js';

/** @type {(title: string, ...children: import('./dom.js').Child[]) => HTMLElement} */
export function notice(title, ...children) {
  return h('div', { class: 'message', 'data-testid': 'notice', tabindex: -1 }, h('h2', {}, title), ...children);
}

/**
 * An error in words. `onretry` is given when the same can be tried again.
 *
 * @type {(explanation: import('../errors.js').Explanation, startAgain: URL, onretry?: () => void) => HTMLElement}
 */
export function errorMessage({ code, title, text, detail }, startAgain, onretry) {
  return h(
    'div',
    { class: 'message danger', role: 'alert', 'data-testid': 'error', 'data-error': code, tabindex: -1 },
    h('h3', {}, title),
    h('p', {}, text),
    h('p', { class: 'said' }, h('code', {}, code), detail && h('span', { class: 'muted' }, ` ${detail}`)),
    h(
      'p',
      { class: 'actions' },
      onretry && h('button', { type: 'button', class: 'button', id: 'retry', onclick: onretry }, 'Try again'),
      h('a', { class: 'button secondary', href: startAgain.href }, onretry ? 'Start over' : 'Start again'),
    ),
  );
}
