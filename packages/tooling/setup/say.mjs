/**
 * Runs `work` while a line on standard error says what is being done: `Building…  done in 3 s`. On a terminal the seconds run
 * along. Standard output is what the command that follows prints, and somebody may read it.
 */
export async function saying(what, work) {
  const started = Date.now();
  const seconds = () => {
    const passed = (Date.now() - started) / 1000;
    return passed < 10 ? passed.toFixed(1).replace(/\.0$/, '') : String(Math.round(passed));
  };
  process.stderr.write(`${what}…`);
  const ticking =
    process.stderr.isTTY && setInterval(() => process.stderr.write(`\r${what}…  ${seconds()} s `), 1000).unref();
  try {
    const result = await work();
    process.stderr.write(`${ticking ? `\r${what}…` : ''}  done in ${seconds()} s\n`);
    return result;
  } catch (error) {
    process.stderr.write(`${ticking ? `\r${what}…` : ''}  failed after ${seconds()} s\n`);
    throw error;
  } finally {
    if (ticking) clearInterval(ticking);
  }
}

/** A reason a person can act on: printed alone, without a stack. `output` is what the failed command printed. */
export class SetupError extends Error {
  constructor(message, output = '') {
    super(message);
    this.output = output;
  }
}
