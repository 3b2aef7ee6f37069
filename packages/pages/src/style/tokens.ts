/** The colours a page is painted with; the playground uses the same ones. */
export interface Palette {
  readonly ink: string;
  readonly paper: string;
  readonly surface: string;
  readonly line: string;
  /** Borders of things to type into or press: 3:1 against what is around them (WCAG 2.2 §1.4.11), which `line` is not. */
  readonly edge: string;
  readonly muted: string;
  readonly accent: string;
  readonly 'accent-ink': string;
  readonly 'accent-soft': string;
  readonly warn: string;
  readonly 'warn-soft': string;
  readonly danger: string;
  readonly 'danger-soft': string;
}

export const LIGHT: Palette = {
  ink: '#14211e',
  paper: '#f7f5f0',
  surface: '#ffffff',
  line: '#dcd8ce',
  edge: '#7f8a85',
  muted: '#5b6964',
  accent: '#0b6e55',
  'accent-ink': '#ffffff',
  'accent-soft': '#e3f1ec',
  warn: '#8a5a00',
  'warn-soft': '#fbf1dd',
  danger: '#a3261f',
  'danger-soft': '#fbecea',
};

export const DARK: Palette = {
  ink: '#e8eeeb',
  paper: '#0f1614',
  surface: '#17211e',
  line: '#2b3834',
  edge: '#6f827b',
  muted: '#9fb0aa',
  accent: '#4cc3a0',
  'accent-ink': '#06281f',
  'accent-soft': '#12342b',
  warn: '#e0b25a',
  'warn-soft': '#2f2613',
  danger: '#f08a80',
  'danger-soft': '#341c1a',
};

/** `--name: value;` for each colour. */
export function declarations(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ');
}
