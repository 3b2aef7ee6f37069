/** Waiting for somebody: what for, how long still, and every reply that said "not yet". */
import { announce, h } from './dom.js';

const SHOWN = 5;

/** @type {Record<string, string>} */
const REPLIES = {
  authorization_pending: 'Not yet.',
  slow_down: 'Asked too soon. From now on 5 seconds longer.',
  network: 'No answer. Waiting longer before the next try.',
};

/**
 * @param {string} text whom or what for
 * @param {{ expires_in: number, interval?: number | undefined }} started
 */
export function waiting(text, { expires_in, interval = 5 }) {
  const end = Date.now() + expires_in * 1000;
  const words = h('p', { class: 'waiting-text' }, text);
  const left = h('p', { class: 'waiting-left' });
  const replies = h('ol', { class: 'replies', 'aria-label': 'Replies so far' });
  const element = h(
    'div',
    { class: 'waiting', 'data-testid': 'waiting', 'data-status': 'pending' },
    h('span', { class: 'pulse', 'aria-hidden': 'true' }),
    h('div', {}, words, left),
    replies,
  );

  let every = interval;
  const draw = () => {
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
    left.textContent = `Asks every ${every} s. Time left: ${minutes(seconds)}.`;
  };
  draw();
  const timer = setInterval(draw, 1000);

  /** @type {(code: string, meaning: string) => void} */
  const reply = (code, meaning) => {
    const at = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }).format(new Date());
    replies.prepend(h('li', {}, h('time', {}, at), h('code', { class: 'reply-code' }, code), h('span', {}, meaning)));
    while (replies.children.length > SHOWN) replies.lastElementChild?.remove();
  };

  return {
    element,
    /** @type {(heard: import('../polling.js').NotYet) => void} */
    heard: ({ code, seconds }) => {
      every = seconds;
      reply(code, REPLIES[code] ?? 'The server has trouble.');
      draw();
    },
    /** @type {(status: 'approved' | 'refused' | 'expired' | 'stopped', text: string, code: string) => void} */
    over: (status, told, code) => {
      clearInterval(timer);
      element.dataset.status = status;
      words.textContent = told;
      left.remove();
      reply(code, 'That was the answer.');
      announce(told);
    },
  };
}

/** @type {(seconds: number) => string} */
function minutes(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
