import type { FlowField, FlowProblem } from '@grantway/contracts';
import { durationWords } from '../words/duration-words.js';
import { fieldProblem } from '../words/flow-words.js';
import { ErrorSummary } from './error-summary.js';

interface ProblemProps {
  readonly problem: FlowProblem | undefined;
  /** The page's own words for what fits nothing, around a link to the first field. */
  readonly wrong: { readonly before: string; readonly field: FlowField; readonly link: string; readonly after: string };
}

/** What kept the last step from going through. */
export function Problem({ problem, wrong }: ProblemProps) {
  switch (problem?.kind) {
    case undefined:
      return null;
    case 'missing':
    case 'malformed':
      return <Fields fields={problem.fields} problem={problem} />;
    case 'weak':
      return <Fields fields={[problem.field]} problem={problem} />;
    case 'wait':
      return (
        <ErrorSummary tone="warn">
          Too many tries. Wait <strong>{durationWords(problem.seconds)}</strong>, then try again.
        </ErrorSummary>
      );
    case 'wrong':
      return (
        <ErrorSummary>
          {wrong.before} <a href={`#${wrong.field}`}>{wrong.link}</a> {wrong.after}
        </ErrorSummary>
      );
    case 'taken':
      return (
        <ErrorSummary>
          That username or email address can’t be used here. <a href="#username">Choose another</a>, or sign in if it is
          yours.
        </ErrorSummary>
      );
    case 'other_name':
      return <ErrorSummary>This sign-in was begun with another username. Go back to begin again.</ErrorSummary>;
    case 'gone':
      return <ErrorSummary>This was decided already, or has expired.</ErrorSummary>;
  }
}

function Fields({ fields, problem }: { fields: readonly FlowField[]; problem: FlowProblem }) {
  return (
    <ErrorSummary>
      <ul>
        {fields.map((name) => (
          <li key={name}>
            <a href={`#${name}`}>{fieldProblem(name, problem)}</a>
          </li>
        ))}
      </ul>
    </ErrorSummary>
  );
}
