/** Remembers the last request and its reply, so that they are on the page also when the reply is refused. */
import { exchange } from './ui/exchange.js';

/** @param {string} [title] what the request is called on the page */
export function record(title) {
  /** @type {import('./server.js').Exchange | undefined} */
  let last;
  return {
    watch: (/** @type {import('./server.js').Exchange} */ seen) => {
      last = seen;
    },
    last: () => last,
    shown: () => (last ? exchange(last, title) : []),
    unanswered: () => !last || last.status >= 500,
  };
}
