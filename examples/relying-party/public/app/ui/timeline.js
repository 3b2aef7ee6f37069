/** The timeline: numbered steps, each waiting, in progress, done or stopped. A grant lists its own steps. */

import { explain } from '../errors.js';
import { announce, byId, h, icon } from './dom.js';
import { errorMessage } from './message.js';

/**
 * @typedef {'idle' | 'running' | 'done' | 'error'} State
 * @typedef {{ id: string, title: string, lead: string }} StepTexts
 * @typedef {ReturnType<typeof createStep>} Step
 * @typedef {{ startAgain: URL, server: () => string | undefined, words: Record<string, import('../errors.js').Words> }} TimelineContext
 *   where "start again" leads; who is asked, and words of the flow's own, for error texts
 */

const STATE_WORDS = { idle: 'Waiting', running: 'In progress', done: 'Done', error: 'Stopped' };

/** Thrown by `attempt` after the error is on the page. */
class Stopped extends Error {}

/** Runs steps until one stops. @type {(run: () => Promise<void>) => Promise<void>} */
export async function untilStopped(run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
}

/**
 * @template {string} Name
 * @param {Record<Name, StepTexts>} texts in their order
 * @param {TimelineContext} context
 * @returns {Record<Name, Step>}
 */
export function createTimeline(texts, context) {
  const entries = /** @type {[Name, StepTexts][]} */ (Object.entries(texts));
  const steps = entries.map(
    ([name, text], index) => /** @type {const} */ ([name, createStep(text, index + 1, context)]),
  );
  byId('steps').replaceChildren(...steps.map(([, step]) => step.item));
  byId('overview').replaceChildren(h('ol', {}, ...steps.map(([, step]) => step.link)));
  return /** @type {Record<Name, Step>} */ (Object.fromEntries(steps));
}

/**
 * @param {StepTexts} texts
 * @param {number} number
 * @param {TimelineContext} context
 */
function createStep({ id, title, lead }, number, { startAgain, server, words }) {
  const marker = h('span', { class: 'marker', 'aria-hidden': 'true' });
  const word = h('span', { class: 'state' });
  // Apart from the body: what a person is just using must not be replaced under their hands.
  const controls = h('div', { class: 'controls' });
  const body = h('div', { class: 'body' });
  const section = h(
    'section',
    { class: 'step', id, tabindex: -1, 'data-testid': id, 'aria-labelledby': `${id}-title` },
    h('header', {}, h('h2', { id: `${id}-title` }, title), word),
    h('p', { class: 'lead' }, lead),
    controls,
    body,
  );
  const item = h('li', {}, marker, section);
  const link = h('li', {}, h('a', { href: `#${id}` }, title));

  /** @type {(state: State) => void} */
  function enter(state) {
    for (const element of [item, section, link]) element.dataset.state = state;
    word.textContent = state === 'idle' && controls.hasChildNodes() ? 'Your turn' : STATE_WORDS[state];
    marker.replaceChildren(state === 'done' ? icon('check') : state === 'error' ? icon('cross') : String(number));
    if (state === 'running' || state === 'done') announce(`Step ${number}, ${title}: ${STATE_WORDS[state]}.`);
  }

  /** Shows the step in a state; without content, what is there stays. */
  function show(/** @type {State} */ state, /** @type {import('./dom.js').Child[]} */ ...content) {
    enter(state);
    if (content.length)
      body.replaceChildren(...content.filter((child) => child instanceof Node || typeof child === 'string'));
  }

  /**
   * Does the work of this step. When it fails, the error is shown below `soFar()`; where it can help, and work that must not be
   * done twice was not done, the person may try again.
   *
   * @template Result
   * @param {() => Result | Promise<Result>} work
   * @param {() => Node[]} [soFar]
   * @param {() => boolean} [repeatable]
   * @returns {Promise<Result>}
   */
  async function attempt(work, soFar = () => [], repeatable = () => true) {
    for (;;) {
      show('running', ...soFar());
      try {
        return await work();
      } catch (error) {
        console.error(error);
        const explanation = explain(error, server(), words);
        const mayRetry = explanation.retry && repeatable();
        const again = new Promise((resolve) => {
          const message = errorMessage(explanation, startAgain, mayRetry ? () => resolve(undefined) : undefined);
          show('error', ...soFar(), message);
          message.focus({ preventScroll: true });
          message.scrollIntoView({ block: 'nearest' });
        });
        if (!mayRetry) throw new Stopped(undefined, { cause: error });
        await again;
        // The button that had the focus goes away.
        section.focus({ preventScroll: true });
      }
    }
  }

  /** As it was in the beginning. */
  function clear() {
    body.replaceChildren();
    controls.replaceChildren();
    enter('idle');
  }

  enter('idle');
  return { item, link, section, controls, show, attempt, clear };
}
