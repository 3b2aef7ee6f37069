/** The card and what stands in it: fields, buttons, notices, scopes. */
export const CARD_STYLES = /* css */ `
.card {
  padding: clamp(1.5rem, 6vw, 2.25rem);
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--surface);
  box-shadow: var(--shadow);
}

.card > * + * { margin-top: 1.5rem; }

.card > h1 + .lead { margin-top: .5rem; }

.lead { color: var(--muted); }

.lead strong { color: var(--ink); }

form { display: grid; gap: 1.25rem; }

/* One ring for everything that takes focus, in every colour scheme. */
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }

.field label { display: block; margin-bottom: .375rem; font-size: .9375rem; font-weight: 600; }

.field input {
  display: block;
  width: 100%;
  min-height: 3rem;
  padding: .625rem .875rem;
  border: 1px solid var(--edge);
  border-radius: var(--radius);
  background: var(--surface);
  color: inherit;
  font: inherit; /* 16 px or iOS zooms the page */
}

.field input:focus-visible { border-color: var(--accent); outline-offset: 0; outline-width: 2px; }

.field input[aria-invalid="true"] { border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger); }

.field-hint { margin-bottom: .375rem; color: var(--muted); font-size: .875rem; }

.field-problem { margin-top: .375rem; color: var(--danger); font-size: .875rem; font-weight: 500; }

.button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  gap: .5rem;
  width: 100%;
  min-height: 3rem;
  padding: .625rem 1.25rem;
  border: 1px solid transparent; /* what forced colours draw */
  border-radius: var(--radius);
  background: var(--accent);
  color: var(--accent-ink);
  font: 600 1rem/1.25 var(--sans);
  text-align: center;
  cursor: pointer;
}

.button:hover { background: color-mix(in srgb, var(--accent) 88%, var(--ink)); }

.button.neutral { background: var(--ink); color: var(--surface); }

.button.neutral:hover { background: color-mix(in srgb, var(--ink) 85%, var(--surface)); }

.button.quiet {
  justify-self: start;
  width: auto;
  min-height: 2.75rem;
  margin-inline-start: calc(-.5rem - 1px); /* its words, not its edge, in line with what is above */
  padding: .25rem .5rem;
  background: none;
  color: var(--accent);
  font-size: .9375rem;
  font-weight: 500;
  text-align: start;
  text-decoration: underline;
  text-underline-offset: .2em;
}

.button.quiet:hover { background: var(--accent-soft); }

@media (prefers-reduced-motion: no-preference) {
  .button, .field input { transition: background-color .12s, border-color .12s; }
}

/* Ways on that are not this form's. */
.ways { display: grid; justify-items: start; gap: .25rem; }

.ways a { padding: .625rem 0; font-size: .9375rem; font-weight: 500; }

/* Typed from another screen, so each character must be told from its neighbours. */
.user-code { font: 600 1.375rem/1.4 var(--mono); letter-spacing: .12em; }

.field input[name="userCode"], .field input[name="recoveryCode"], .field input[name="verificationCode"] {
  font-family: var(--mono);
  letter-spacing: .08em;
  text-transform: uppercase;
}

/* Allow and Cancel: one size, one weight. The choice is the person's, not the layout's. */
.choice { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }

@media (max-width: 20.5rem) { .choice { grid-template-columns: 1fr; } }

.notice {
  display: flex;
  gap: .75rem;
  padding: .875rem 1rem;
  border: 1px solid var(--danger);
  border-radius: var(--radius);
  background: var(--danger-soft);
  font-size: .9375rem;
}

.notice.warn { border-color: var(--warn); background: var(--warn-soft); }

.notice.good { border-color: var(--accent); background: var(--accent-soft); }

.notice svg { flex: none; width: 1.25rem; height: 1.25rem; margin-top: .1rem; color: var(--danger); }

.notice.warn svg { color: var(--warn); }

.notice.good svg { color: var(--accent); }

.notice-body { flex: 1; min-width: 0; }

.notice a { display: inline-block; min-height: 1.5rem; color: inherit; }

.notice ul { list-style: none; }

.person {
  padding: .875rem 1rem .375rem;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--paper);
}

.person p { font-size: .9375rem; }

.scopes { margin-top: .75rem; list-style: none; border-top: 1px solid var(--line); }

.scopes li { position: relative; padding: .75rem 0 .75rem 2rem; border-bottom: 1px solid var(--line); line-height: 1.4; }

/* The tick is drawn, not fetched: forty scopes cost no picture. */
.scopes li::before {
  content: "";
  position: absolute;
  left: .5rem;
  top: .95rem;
  width: .4rem;
  height: .75rem;
  border: solid var(--accent);
  border-width: 0 2px 2px 0;
  transform: rotate(42deg);
}

.scopes .detail { display: block; margin-top: .125rem; color: var(--muted); font-size: .875rem; }

.scopes code { font: .875em var(--mono); }
.request { padding-top: 1.5rem; border-top: 1px solid var(--line); }

.request > * + * { margin-top: .75rem; }

.request form { margin-top: 1.25rem; }

/* What is to be compared is what the eye finds first. */
.binding { padding: .625rem .875rem; border-radius: var(--radius); background: var(--paper); font-weight: 600; white-space: pre-wrap; }
`;
