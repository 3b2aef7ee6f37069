/** Who signed in, as the userinfo endpoint tells it. */
import { h } from './dom.js';
import { checkList } from './parameters.js';

/** @type {(claims: import('oauth4webapi').UserInfoResponse) => Node[]} */
export function person({ sub, name, email, preferred_username }) {
  const title = name ?? preferred_username ?? sub;
  return [
    h(
      'div',
      { class: 'person' },
      h('span', { class: 'initials', 'aria-hidden': 'true' }, initials(title)),
      h('div', {}, h('p', { class: 'person-name' }, title), email && h('p', { class: 'muted' }, email)),
    ),
    checkList([{ verdict: 'passed', text: 'sub is the same as in the ID token.' }]),
  ];
}

/** @type {(name: string) => string} */
function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}
