/** What the steps of this flow show. Nothing here talks to the server. */
import { addressOf, h } from '../ui/dom.js';
import { field, readRequired, readScope, settingsForm, submitButton, textArea, textInput } from '../ui/form.js';
import { codeValue, definitionList } from '../ui/parameters.js';

/** @typedef {import('./protocol.js').Question} Question */

/** @type {(scope: string, onstart: (question: Question) => Promise<void>) => HTMLFormElement} */
export function questionForm(scope, onstart) {
  const hint = textInput('login_hint', { value: 'ada' });
  const message = textInput('binding_message', { value: 'Call 4711', spellcheck: 'true', maxlength: 256 });
  const scopes = textArea('scope', scope);

  /** @type {() => Question | undefined} */
  const read = () => {
    const login_hint = readRequired(hint, 'Somebody has to be asked.');
    const words = readScope(scopes);
    if (login_hint === undefined || words === undefined) return undefined;
    return { scope: words, login_hint, binding_message: message.value.trim() };
  };
  return settingsForm(
    [
      field('Whom to ask', hint, 'A username.'),
      field('What both will see', message, 'Read it out to them: then they know the question is yours.', 'double'),
      field('Scope', scopes, 'Separated by spaces; openid must be among them.', 'wide'),
      h('p', { class: 'actions wide' }, submitButton('start', 'Ask them')),
    ],
    read,
    { onstart },
  );
}

/** @type {(asked: import('./protocol.js').Asked, question: Question, approvals: URL) => HTMLElement} */
export function onTheirPhone({ auth_req_id }, { login_hint, binding_message }, approvals) {
  return h(
    'div',
    { class: 'screen' },
    h(
      'div',
      { class: 'screen-words' },
      h('p', {}, 'On your phone, signed in as ', h('strong', {}, login_hint), ', open'),
      h('p', { class: 'screen-address' }, ...addressOf(approvals)),
      binding_message && h('p', {}, 'and look for'),
      binding_message && h('p', { class: 'binding-message', 'data-testid': 'binding-message' }, binding_message),
      h(
        'p',
        { class: 'actions' },
        h(
          'a',
          { class: 'button', id: 'approvals', href: approvals.href, target: '_blank', rel: 'noopener' },
          'Open it here',
          h('span', { class: 'visually-hidden' }, ' in a new tab'),
        ),
      ),
    ),
    h(
      'div',
      { class: 'screen-more' },
      definitionList([
        {
          name: 'auth_req_id',
          value: codeValue(auth_req_id),
          words: 'Stands for the question. The client asks with it for the answer.',
        },
      ]),
    ),
  );
}
