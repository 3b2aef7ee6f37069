/** What the steps of this flow show. Nothing here talks to the server. */
import { folded } from '../ui/code.js';
import { h } from '../ui/dom.js';
import { field, readRequired, readScope, select, settingsForm, submitButton, textArea, textInput } from '../ui/form.js';
import { actionButton } from '../ui/introspection.js';
import { decodeJwt } from '../ui/jwt.js';
import { checkList } from '../ui/parameters.js';

/** @typedef {{ token: string }} Subject */
/** @typedef {{ acts: boolean, scope: string }} Wanted */

/** @type {(onsignin: () => void, onpaste: (subject: Subject) => Promise<void>) => HTMLElement} */
export function subjectForm(onsignin, onpaste) {
  const token = textArea('subject', '', 3);
  const form = settingsForm(
    [
      field(
        'An access token',
        token,
        'Of a client that lets the gateway exchange its tokens; the playground’s does.',
        'wide',
      ),
      h('p', { class: 'actions wide' }, h('button', { id: 'use', class: 'button secondary' }, 'Use this one')),
    ],
    () => {
      const text = readRequired(token, 'Paste a token, or sign in.');
      return text === undefined ? undefined : { token: text };
    },
    { onstart: onpaste },
  );
  return h(
    'div',
    { class: 'stack' },
    h('p', { class: 'actions' }, actionButton('start', 'Sign in to get one', onsignin)),
    folded('Or paste one', form),
  );
}

/** @type {(onstart: (wanted: Wanted) => Promise<void>) => HTMLFormElement} */
export function exchangeForm(onstart) {
  const as = select('as', [
    ['delegation', 'Acting for you'],
    ['impersonation', 'As you yourself'],
  ]);
  const scope = textInput('scope', { class: 'code-text', value: 'orders:read' });
  return settingsForm(
    [
      field('The gateway asks', as),
      field('Scope', scope, 'Separated by spaces. Less than your token has.', 'double'),
      h('p', { class: 'actions wide' }, submitButton('exchange', 'Exchange it')),
    ],
    () => {
      const words = readScope(scope);
      return words === undefined ? undefined : { acts: as.value === 'delegation', scope: words };
    },
    { onstart },
  );
}

/** The difference the exchange made. @type {(before: string, after: string) => Node[]} */
export function comparison(before, after) {
  const [old, fresh] = [decodeJwt(before)?.claims, decodeJwt(after)?.claims];
  if (!old || !fresh) return [];
  const acting = /** @type {{ sub?: string } | undefined} */ (fresh.act)?.sub;
  return [
    checkList([
      fresh.sub === old.sub
        ? { verdict: 'passed', text: 'sub is the same: the token is still about you.' }
        : { verdict: 'failed', text: 'sub is somebody else.' },
      acting
        ? { verdict: 'passed', text: `act says that ${acting} acts for you. An API can tell, and so can its log.` }
        : { verdict: 'open', text: 'There is no act: to an API it is you who comes.' },
      { verdict: 'passed', text: `scope was “${old.scope ?? ''}” and is “${fresh.scope ?? ''}”.` },
    ]),
  ];
}
