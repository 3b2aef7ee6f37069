import type { ComponentChildren } from 'preact';
import { Alert, Clock, Done } from './icons.js';

/** The id to name in a field's `describedBy`. */
export const SUMMARY_ID = 'summary';

interface ErrorSummaryProps {
  readonly children: ComponentChildren;
  /** `warn` when nothing is wrong with what was entered. */
  readonly tone?: 'danger' | 'warn';
}

/** What kept a form from going through, above the form, spoken at once. */
export function ErrorSummary({ children, tone = 'danger' }: ErrorSummaryProps) {
  return (
    <div class={tone === 'warn' ? 'notice warn' : 'notice'} id={SUMMARY_ID} role="alert">
      {tone === 'warn' ? <Clock /> : <Alert />}
      <div class="notice-body">{children}</div>
    </div>
  );
}

/** Something went well, and what now; spoken, but not as an alarm. */
export function GoodNews({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="notice good" role="status">
      <Done />
      <div class="notice-body">{children}</div>
    </div>
  );
}

/** What to think of before one decides; part of the page, not news. */
export function Caution({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="notice warn">
      <Alert />
      <div class="notice-body">{children}</div>
    </div>
  );
}
