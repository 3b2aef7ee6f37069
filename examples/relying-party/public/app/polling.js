/** Asking again until somebody has decided elsewhere, as devices and backchannel clients do. */

/** Seconds that every `slow_down` adds, for this and all later requests. */
const SLOWER = 5;
const MOST = 60;

/**
 * @typedef {{ code: string, seconds: number }} NotYet why there is no answer yet, and when it is asked again
 * @typedef {{ now: () => number, sleep: (ms: number) => Promise<unknown> }} Clock
 */

/** @type {Clock} */
const CLOCK = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

/**
 * @template Answer
 * @param {() => Promise<Answer>} ask throws the protocol's error
 * @param {{ interval?: number | undefined, expires_in: number }} started
 * @param {(reply: NotYet) => void} onwait
 * @param {Clock} [clock]
 * @returns {Promise<Answer>}
 * @see RFC 8628 §3.5, CIBA Core §7.3, §11
 */
export async function poll(ask, { interval = 5, expires_in }, onwait, clock = CLOCK) {
  const end = clock.now() + expires_in * 1000;
  let seconds = interval;
  for (;;) {
    await clock.sleep(seconds * 1000);
    try {
      return await ask();
    } catch (/** @type {any} */ error) {
      const code = error.error ?? 'network';
      if (code === 'slow_down') seconds += SLOWER;
      // RFC 8628 §3.5: who cannot be reached is not asked more often than who can.
      else if (isTrouble(error)) seconds = Math.min(seconds * 2, MOST);
      else if (code !== 'authorization_pending') throw error;
      if (isTrouble(error) && clock.now() > end) throw error;
      onwait({ code, seconds });
    }
  }
}

/** The network, or a server that is not itself. */
function isTrouble(/** @type {any} */ error) {
  const notReached = error.name === 'TimeoutError' || (error instanceof TypeError && !('code' in error));
  return notReached || error.error === 'issuer_unreachable' || error.cause?.status >= 500;
}
