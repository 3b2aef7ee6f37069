import { DARK, LIGHT, type Palette } from './tokens.js';

type Colour = keyof Palette;

/** What is written on what: WCAG 2.2 §1.4.3 wants 4.5:1. */
const TEXT: readonly (readonly [Colour, Colour])[] = [
  ['ink', 'surface'],
  ['ink', 'paper'],
  ['muted', 'surface'],
  ['muted', 'paper'],
  ['accent', 'paper'],
  ['accent', 'surface'],
  ['accent', 'accent-soft'],
  ['accent-ink', 'accent'],
  ['surface', 'ink'],
  ['ink', 'danger-soft'],
  ['ink', 'warn-soft'],
  ['danger', 'surface'],
];

/** What must be seen beside what: §1.4.11 wants 3:1. */
const SHAPES: readonly (readonly [Colour, Colour])[] = [
  ['edge', 'surface'],
  ['accent', 'surface'],
  ['accent', 'paper'],
  ['danger', 'danger-soft'],
  ['danger', 'surface'],
  ['warn', 'warn-soft'],
];

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('the %s colours', (_scheme, palette) => {
  it.each(TEXT)('WCAG 1.4.3: %s can be read on %s', (text, ground) => {
    expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)('WCAG 1.4.11: %s can be seen on %s', (shape, ground) => {
    expect(contrast(palette[shape], palette[ground])).toBeGreaterThanOrEqual(3);
  });
});

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
