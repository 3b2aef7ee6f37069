/** A refresh: the button, and the old refresh token beside the new one. */
import { h } from './dom.js';
import { badge, codeValue, definitionList } from './parameters.js';

/** @type {(onrefresh: () => void) => HTMLButtonElement} */
export function refreshButton(onrefresh) {
  return h(
    'button',
    { type: 'button', class: 'button primary', id: 'refresh', onclick: onrefresh },
    'Refresh the tokens',
  );
}

/** @type {(presented: string, successor: string | undefined) => Node} */
export function rotation(presented, successor) {
  const rotated = successor !== undefined && successor !== presented;
  return h(
    'div',
    { class: 'rotation', 'data-testid': 'rotation', 'data-rotated': String(rotated) },
    h(
      'header',
      {},
      h('h3', {}, 'Refresh token'),
      badge(rotated ? 'passed' : 'open', rotated ? 'Rotated' : 'Not rotated'),
    ),
    rotated
      ? definitionList([
          {
            name: 'old',
            value: differing(presented, successor),
            words: 'Spent. If it turns up again later, the server takes it for stolen and ends the whole sign-in.',
          },
          { name: 'new', value: differing(successor, presented), words: 'Kept instead, for the next time.' },
        ])
      : definitionList([
          { name: 'same', value: codeValue(presented), words: 'The server sent no other one. The old one stays good.' },
        ]),
  );
}

/** The token with the part that differs set off. */
function differing(/** @type {string} */ token, /** @type {string} */ other) {
  let same = 0;
  while (same < token.length && token[same] === other[same]) same += 1;
  return h(
    'code',
    { class: 'unbroken' },
    h('span', { class: 'muted' }, token.slice(0, same)),
    h('mark', {}, token.slice(same)),
  );
}
