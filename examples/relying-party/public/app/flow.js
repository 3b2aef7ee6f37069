/** What every tab begins with: its timeline, the facts beside it, a way to start over, and the way to the server. */

import { forgetSignIn } from './pending.js';
import { discover } from './server.js';
import { byId, h } from './ui/dom.js';
import { notice } from './ui/message.js';
import { createTimeline } from './ui/timeline.js';

/**
 * @typedef {import('./server.js').Config} Config
 * @typedef {import('./server.js').Server} Server
 * @typedef {import('./flows.js').Context} Context
 */

/**
 * @template {string} Name
 * @param {Context} context
 * @param {Record<Name, import('./ui/timeline.js').StepTexts>} texts of the steps
 * @param {object} options
 * @param {(config: Config) => string} options.client whose client it is
 * @param {(config: Config) => [term: string, text: string][]} [options.facts] besides issuer and client
 * @param {Record<string, import('./errors.js').Words>} [options.words] errors that mean something else here
 */
export function openFlow({ here, config }, texts, { client, facts = () => [], words = {} }) {
  /** @type {string | undefined} */
  let issuer;
  const steps = createTimeline(texts, { startAgain: here, server: () => issuer, words });
  byId('reset').addEventListener('click', () => {
    forgetSignIn();
    location.assign(here);
  });

  return {
    steps,
    /** @type {() => Promise<{ config: Config, server: Server }>} */
    connect: async () => {
      const loaded = await config();
      issuer = loaded.issuer;
      const clientId = client(loaded);
      showFacts([['Issuer', loaded.issuer], ['Client', clientId], ...facts(loaded)]);
      return { config: loaded, server: await discover(loaded, clientId) };
    },
    /** From here on there is something to start over. */
    begun: () => {
      byId('after').hidden = false;
    },
  };
}

/** @type {(facts: [term: string, text: string][]) => void} */
function showFacts(facts) {
  byId('facts').replaceChildren(
    ...facts.map(([term, text]) => h('div', {}, h('dt', {}, term), h('dd', {}, h('code', {}, text)))),
  );
}

/** Browsers offer cryptography only where nobody can listen. Says so where they do not. */
export function isSecure() {
  if (globalThis.isSecureContext) return true;
  byId('notice').replaceChildren(
    notice(
      'This address is not secure enough',
      h('p', {}, 'Browsers offer cryptography only on https and on localhost. Open the playground there.'),
    ),
  );
  return false;
}

/** The fact that some requests are not the page's own. @type {(base: URL) => [term: string, text: string]} */
export const backendFact = (base) => ['Backend', new URL('backend/', base).href];
