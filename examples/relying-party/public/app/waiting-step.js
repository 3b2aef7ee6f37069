/** A step in which somebody decides elsewhere, told live: how it stands, and how it ended. */
import { folded } from './ui/code.js';
import { waiting } from './ui/waiting.js';

/**
 * @typedef {import('./ui/timeline.js').Step} Step
 * @typedef {{ expires_in: number, interval?: number | undefined }} Started
 */

/** @type {Record<string, ['refused' | 'expired', string]>} */
const ENDS = {
  access_denied: ['refused', 'The answer was no. Nothing was granted.'],
  expired_token: ['expired', 'Nobody answered in time.'],
};

/**
 * @template Result
 * @param {Step} step
 * @param {Started} started
 * @param {object} parts
 * @param {string} parts.text what is waited for
 * @param {string} parts.approved
 * @param {Node[]} parts.above what the person needs meanwhile; goes away when it is over
 * @param {{ shown: () => Node[] }} parts.seen the last request and its reply
 * @param {(onwait: (reply: import('./polling.js').NotYet) => void) => Promise<Result>} parts.wait
 * @returns {Promise<Result>}
 */
export async function waitInStep(step, started, { text, approved, above, seen, wait }) {
  const status = waiting(text, started);
  // Replaced by every reply, so that whoever has it open sees the last one.
  const wire = folded('The last question and its reply');
  const look = () => wire.lastElementChild?.replaceChildren(...seen.shown());
  const heard = (/** @type {import('./polling.js').NotYet} */ reply) => {
    status.heard(reply);
    look();
  };
  let isOver = false;
  const soFar = () => [...(isOver ? [] : above), status.element, wire];
  const result = await step.attempt(
    async () => {
      try {
        return await wait(heard);
      } catch (/** @type {any} */ error) {
        isOver = true;
        look();
        const [how, told] = ENDS[error.error] ?? ['stopped', 'It was not carried on.'];
        status.over(how, told, error.error ?? 'error');
        throw error;
      }
    },
    soFar,
    // What it waited for is spent, or lost.
    () => false,
  );
  isOver = true;
  look();
  status.over('approved', approved, 'HTTP 200');
  step.show('done', ...soFar());
  return result;
}
