import { qrText } from './qr.mjs';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const ESC = '\u001b[';
const HIDE_CURSOR = `${ESC}?25l`;
const SHOW_CURSOR = `${ESC}?25h`;
const CLEAR_LINE = `\r${ESC}K`;

/** What the person sees. On anything but a terminal it is plain lines. */
export class Screen {
  /** @param {NodeJS.WriteStream} out */
  constructor(out) {
    this.out = out;
    this.isTerminal = Boolean(out.isTTY);
  }

  /** What others wrote goes through {@link plain} first. */
  say(text = '') {
    this.out.write(`${text}\n`);
  }

  trouble(text) {
    const words = text.split('\n').map(plain).join('\n');
    this.say(this.isTerminal ? `${ESC}31m✗${ESC}0m ${words}` : words);
  }

  /** @param {import('openid-client').DeviceAuthorizationResponse} reply */
  showCode({ user_code, verification_uri, verification_uri_complete }, { qr }) {
    this.say();
    this.say(`  Open    ${this.#strong(plain(verification_uri))}`);
    this.say(`  Enter   ${this.#strong(plain(user_code))}`);
    const code = this.isTerminal && qr && qrText(verification_uri_complete ?? verification_uri, this.out.columns);
    if (code) {
      this.say();
      this.say('  or scan this, and compare the code:');
      this.say();
      this.say(code);
    }
    this.say();
  }

  /**
   * @param {number} seconds until nobody needs to wait any more
   * @returns {() => void} call it once the waiting is over
   */
  wait(seconds) {
    if (!this.isTerminal) {
      this.say(`Waiting for your answer, ${minutes(seconds)} at most.`);
      return () => {};
    }
    const end = Date.now() + seconds * 1_000;
    let frame = 0;
    const draw = () => {
      const left = minutes(Math.max(0, Math.round((end - Date.now()) / 1_000)));
      this.out.write(
        `${CLEAR_LINE}${FRAMES[frame++ % FRAMES.length]} Waiting for your answer, ${left} left. Ctrl-C stops.`,
      );
    };
    this.out.write(HIDE_CURSOR);
    draw();
    const timer = setInterval(draw, FRAME_MS);
    return () => {
      if (timer.hasRef()) this.out.write(`${CLEAR_LINE}${SHOW_CURSOR}`);
      timer.unref();
      clearInterval(timer);
    };
  }

  showResult({ user, scope, lifetime, refreshable }) {
    const name = user && (user.name ?? user.preferred_username ?? user.email);
    const who = user
      ? [name, name && name !== user.sub ? `(${user.sub})` : user.sub].filter(Boolean).join(' ')
      : undefined;
    this.say(`${this.isTerminal ? `${ESC}32m✓${ESC}0m ` : ''}${who ? `Signed on as ${plain(who)}.` : 'Allowed.'}`);
    this.say(`  Allowed        ${plain(scope)}`);
    if (lifetime !== undefined) this.say(`  Access token   for ${minutes(lifetime)}`);
    this.say(`  Refresh token  ${refreshable ? 'yes: this device stays signed on' : 'no: this device asks again'}`);
  }

  #strong(text) {
    return this.isTerminal ? `${ESC}1m${text}${ESC}0m` : text;
  }
}

/**
 * Nobody else's words move the cursor, colour the screen or turn the direction of writing.
 *
 * @param {unknown} text
 */
export function plain(text) {
  return String(text).replace(/\p{C}/gu, '');
}

/** @param {number} seconds */
function minutes(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
