/** The last steps of every flow that ends with a person's tokens: who they are, and a refresh. */
import { record } from './record.js';
import { readUserInfo, refresh } from './tokens.js';
import { person } from './ui/person.js';
import { refreshButton, rotation } from './ui/rotation.js';
import { untilStopped } from './ui/timeline.js';
import { freshTokens, skipped } from './ui/tokens.js';

/**
 * @typedef {import('./server.js').Server} Server
 * @typedef {import('./tokens.js').Tokens} Tokens
 * @typedef {import('./ui/timeline.js').Step} Step
 */

/** @type {(step: Step, server: Server, tokens: Tokens, subject: string | undefined) => Promise<void>} */
export async function askWhoItIs(step, server, tokens, subject) {
  if (subject === undefined) {
    step.show('idle', skipped('Left out: without the scope openid the server tells nothing about the person.'));
    return;
  }
  const { watch, shown } = record();
  const claims = await step.attempt(() => readUserInfo(server, tokens.access_token, subject, watch), shown);
  step.show('done', ...person(claims), ...shown());
}

/** @type {(step: Step, server: Server, tokens: Tokens, subject: string | undefined) => void} */
export function offerRefresh(step, server, tokens, subject) {
  let current = tokens.refresh_token;
  if (!current) {
    step.show('idle', skipped('No refresh token came back. Ask for the scope offline_access to get one.'));
    return;
  }

  const once = async (/** @type {string} */ presented) => {
    const { watch, shown, unanswered } = record();
    const fresh = await step.attempt(() => refresh(server, presented, subject, watch), shown, unanswered);
    // RFC 6749 §6: a reply without a refresh token leaves the old one in force.
    current = fresh.refresh_token ?? presented;
    step.show('done', rotation(presented, fresh.refresh_token), ...shown(), await freshTokens(server, fresh));
  };

  // One at a time: the same refresh token sent twice looks like theft.
  let busy = false;
  const button = refreshButton(async () => {
    if (busy || !current) return;
    const presented = current;
    busy = true;
    button.setAttribute('aria-disabled', 'true');
    await untilStopped(() => once(presented));
    button.removeAttribute('aria-disabled');
    busy = false;
  });
  step.controls.append(button);
  step.show('idle');
}
