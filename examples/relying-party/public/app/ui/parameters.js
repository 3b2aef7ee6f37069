/** Names with their values and a few words about each; and checks, passed or not. */

import { PARAMETERS } from '../words.js';
import { h, icon } from './dom.js';

/** @typedef {{ name: string, value: Node, words?: string | undefined }} Row */

/** @type {(parameters: Iterable<[string, string]>) => HTMLElement} */
export function parameterList(parameters) {
  return definitionList(parameterRows(parameters));
}

/** @type {(parameters: Iterable<[string, string]>) => Row[]} */
export function parameterRows(parameters) {
  return [...parameters].map(([name, value]) => ({ name, value: codeValue(value), words: PARAMETERS[name] }));
}

/** A long value without spaces may break anywhere; otherwise it would break at its first hyphen. */
export function codeValue(/** @type {string} */ value) {
  return h('code', { class: /^\S{24,}$/.test(value) && 'unbroken' }, value);
}

/** @type {(rows: Row[], look?: 'compact') => HTMLElement} */
export function definitionList(rows, look) {
  return h(
    'dl',
    { class: `parameters ${look ?? ''}` },
    ...rows.map(({ name, value, words }) =>
      h(
        'div',
        {},
        h('dt', {}, h('code', {}, name)),
        h('dd', {}, h('div', { class: 'value' }, value), words && h('p', {}, words)),
      ),
    ),
  );
}

/**
 * @typedef {'passed' | 'failed' | 'open'} Verdict
 * @type {(checks: { verdict: Verdict, text: string }[]) => HTMLElement}
 */
export function checkList(checks) {
  return h('ul', { class: 'checks' }, ...checks.map(({ verdict, text }) => check(verdict, text)));
}

const VERDICTS = /** @type {const} */ ({
  passed: { icon: 'check', word: 'Passed' },
  failed: { icon: 'cross', word: 'Failed' },
  open: { icon: 'dash', word: 'Not checked' },
});

/** @type {(verdict: Verdict, text: string) => HTMLElement} */
function check(verdict, text) {
  const { icon: shape, word } = VERDICTS[verdict];
  return h(
    'li',
    { class: 'check', 'data-verdict': verdict },
    icon(shape),
    h('span', { class: 'visually-hidden' }, `${word}: `),
    h('span', {}, text),
  );
}

/** @type {(verdict: Verdict, text: string) => HTMLElement} */
export function badge(verdict, text) {
  return h('span', { class: 'badge', 'data-verdict': verdict }, icon(VERDICTS[verdict].icon), h('span', {}, text));
}
