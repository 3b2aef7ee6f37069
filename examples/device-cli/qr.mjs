import { generate } from 'lean-qr';

/** Modules of light around the code; scanners need them. */
const QUIET = 2;
const MARGIN = '  ';
const WHITE_ON_BLACK = '\u001b[97;40m';
const RESET = '\u001b[0m';

/**
 * Two modules in a character. Light is drawn and dark is left out, in colours that are said, so it scans on any background.
 *
 * @param {string} text
 * @param {number} columns of the terminal
 * @returns {string | undefined} nothing when it would not fit
 */
export function qrText(text, columns) {
  const code = generate(text);
  if (MARGIN.length + code.size + 2 * QUIET > columns) return undefined;
  const isLight = (x, y) => !code.get(x, y);
  const lines = [];
  for (let y = -QUIET; y < code.size + QUIET; y += 2) {
    let line = '';
    for (let x = -QUIET; x < code.size + QUIET; x++) {
      // Below the last row there is nothing to draw.
      const lower = y + 1 < code.size + QUIET && isLight(x, y + 1);
      line += isLight(x, y) ? (lower ? '█' : '▀') : lower ? '▄' : ' ';
    }
    lines.push(`${MARGIN}${WHITE_ON_BLACK}${line}${RESET}`);
  }
  return lines.join('\n');
}
