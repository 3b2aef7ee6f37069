/** A QR code as one SVG path: dark on light whatever the page's colours are, because scanners want it so. */
import { generate } from '../../lean-qr.js';

const SVG = 'http://www.w3.org/2000/svg';
/** Modules of light around the code (ISO/IEC 18004). */
const QUIET = 4;

/** @type {(text: string, label: string) => SVGElement} */
export function qrCode(text, label) {
  const code = generate(text);
  const size = code.size + 2 * QUIET;
  let path = '';
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
  }
  const svg = element('svg', { viewBox: `0 0 ${size} ${size}`, class: 'qr', role: 'img', 'aria-label': label });
  svg.append(element('path', { d: path, 'shape-rendering': 'crispEdges' }));
  return svg;
}

/** @type {(name: string, attributes: Record<string, string>) => SVGElement} */
function element(name, attributes) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
