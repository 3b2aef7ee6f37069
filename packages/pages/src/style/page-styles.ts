import { DARK, declarations, LIGHT } from './tokens.js';

/** The sheet of paper everything lies on: colours, type, the arch behind the card, brand and foot. */
export const PAGE_STYLES = /* css */ `
:root {
  color-scheme: light dark;
  ${declarations(LIGHT)}
  --shadow: 0 1px 2px rgb(20 33 30 / 5%), 0 12px 32px -12px rgb(20 33 30 / 14%);
  --radius: 10px;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}

@media (prefers-color-scheme: dark) {
  :root {
    ${declarations(DARK)}
    --shadow: 0 1px 2px rgb(0 0 0 / 30%), 0 16px 40px -16px rgb(0 0 0 / 60%);
  }
}

@media (prefers-contrast: more) {
  :root { --line: var(--muted); --edge: var(--ink); --muted: var(--ink); }
}

*, *::before, *::after { box-sizing: border-box; }

html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }

body {
  margin: 0;
  min-height: 100vh;
  min-height: 100svh;
  display: flex;
  flex-direction: column;
  align-items: center;
  position: relative;
  isolation: isolate;
  padding: clamp(1.5rem, 9vh, 6rem) 1rem 1.5rem;
  background: var(--paper);
  color: var(--ink);
  font: 400 1rem/1.5 var(--sans);
  overflow-wrap: anywhere;
}

/* The gate: two arches the card stands in. Decoration only, so it goes first when room is short. */
body::before {
  content: "";
  position: absolute;
  z-index: -1;
  inset: clamp(.5rem, 3.5vh, 2rem) 0 0;
  width: min(37rem, 100%);
  margin-inline: auto;
  border: 1px solid var(--line);
  border-bottom: 0;
  border-radius: 18.5rem 18.5rem 0 0;
  -webkit-mask-image: linear-gradient(#000 30%, transparent 92%);
  mask-image: linear-gradient(#000 30%, transparent 92%);
}

@media (max-width: 44rem) {
  body { padding-top: 2rem; }
  body::before { display: none; }
}

main, .brand, .developers { width: 100%; max-width: 27rem; }

h1, h2, p, ul, dl, dd { margin: 0; padding: 0; }

p, li { text-wrap: pretty; }

h1 {
  font-size: clamp(1.375rem, 1.25rem + .6vw, 1.625rem);
  font-weight: 650;
  line-height: 1.25;
  letter-spacing: -.015em;
  text-wrap: balance;
}

h2 { font-size: 1rem; font-weight: 600; line-height: 1.4; }

a { color: var(--accent); text-underline-offset: .2em; }

strong { font-weight: 600; }

.muted { color: var(--muted); }

.brand {
  display: flex;
  flex-direction: column;
  align-items: center;
  gap: .625rem;
  margin-bottom: 1.5rem;
  font-weight: 600;
  line-height: 1.35;
  text-align: center;
}

.monogram {
  flex: none;
  display: grid;
  place-items: center;
  width: 2.75rem;
  height: 2.75rem;
  border: 1px solid transparent;
  border-radius: var(--radius);
  background: var(--accent);
  color: var(--accent-ink);
  font-size: 1.25rem;
  font-weight: 650;
}

.monogram svg { width: 1.625rem; height: 1.625rem; }

.foot {
  display: flex;
  align-items: center;
  justify-content: center;
  gap: .4rem;
  margin-top: auto;
  padding-top: 2.5rem;
  color: var(--muted);
  font-size: .8125rem;
}

.foot svg { flex: none; width: 1.05rem; height: 1.05rem; color: var(--accent); }

.developers {
  margin-top: 1.75rem;
  padding-inline: clamp(1.5rem, 6vw, 2.25rem);
  color: var(--muted);
  font-size: .8125rem;
}

.developers h2 { font-size: inherit; }

.developers dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin-top: .5rem; }

.developers dd { color: var(--ink); font-family: var(--mono); font-size: .75rem; line-height: 1.625; user-select: all; }

.developers dd.prose { font-family: inherit; font-size: inherit; line-height: inherit; }

@media print { body::before { display: none; } .card { box-shadow: none; } }
`;
