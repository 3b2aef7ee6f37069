/** What the steps of this flow show. Nothing here talks to the server. */
import { h } from '../ui/dom.js';
import { field, readScope, select, settingsForm, submitButton, textInput } from '../ui/form.js';

/** @typedef {'orders' | 'ledger'} Api */

/** @type {Record<Api, { scope: string, text: string }>} */
const APIS = {
  orders: { scope: 'orders:read', text: 'Orders: a JWT' },
  ledger: { scope: 'ledger:read', text: 'Ledger: an opaque token' },
};

/** @type {(onstart: (settings: { api: Api, scope: string }) => Promise<void>) => HTMLFormElement} */
export function tokenForm(onstart) {
  const api = select(
    'api',
    Object.entries(APIS).map(([name, { text }]) => [name, text]),
  );
  const scope = textInput('scope', { class: 'code-text', value: APIS.orders.scope });
  const chosen = () => /** @type {Api} */ (api.value);
  api.addEventListener('change', () => {
    scope.value = APIS[chosen()].scope;
  });
  return settingsForm(
    [
      field('API', api),
      field('Scope', scope, 'Without one the client gets its default.', 'double'),
      h('p', { class: 'actions wide' }, submitButton('start', 'Get a token')),
    ],
    () => {
      const words = readScope(scope);
      return words === undefined ? undefined : { api: chosen(), scope: words };
    },
    { onstart },
  );
}
