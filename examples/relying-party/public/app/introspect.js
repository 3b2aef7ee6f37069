/** A step in which an API asks what a token is worth, as often as the person likes. The API has a secret, so the backend asks. */
import { record } from './record.js';
import { readIntrospection } from './tokens.js';
import { actionButton, verdict } from './ui/introspection.js';
import { untilStopped } from './ui/timeline.js';

/**
 * @typedef {import('./server.js').Server} Server
 * @typedef {{ role: 'orders' | 'ledger', id: string, token: string }} Asked which API asks about which token
 */

/**
 * Asks once, inside a step of the caller's.
 *
 * @type {(server: Server, backend: import('./backend.js').Backend, asked: Asked, watch: import('./server.js').Watch) => Promise<boolean>}
 */
export async function isActive(server, backend, { role, id, token }, watch) {
  const response = await backend(`${role}-introspect`, { token }, watch);
  return (await readIntrospection(server, id, response)).active;
}

/** @type {(active: boolean, api: string) => HTMLElement} */
export function told(active, api) {
  return verdict(
    active,
    active
      ? `The API ${api} may go by what the reply says.`
      : `The API ${api} is told nothing more: expired, revoked, somebody else’s or never issued, it is all the same.`,
  );
}

/** @type {(step: import('./ui/timeline.js').Step, server: Server, backend: import('./backend.js').Backend, asked: Asked) => void} */
export function offerIntrospection(step, server, backend, asked) {
  const once = async () => {
    const { watch, shown } = record();
    const active = await step.attempt(() => isActive(server, backend, asked, watch), shown);
    step.show('done', told(active, asked.id), ...shown());
  };
  step.controls.replaceChildren(
    actionButton('introspect', `Ask as the API ${asked.id}`, () => void untilStopped(once)),
  );
  step.show('idle');
}
