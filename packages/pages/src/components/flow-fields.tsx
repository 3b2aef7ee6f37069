import type { FlowField, FlowProblem } from '@grantway/contracts';
import { FIELD_WORDS, fieldProblem } from '../words/flow-words.js';
import { SUMMARY_ID } from './error-summary.js';
import { Field } from './field.js';

interface FlowInputProps {
  readonly name: FlowField;
  readonly problem: FlowProblem | undefined;
  readonly autocomplete: string;
  readonly secret?: boolean;
  readonly value?: string | undefined;
  readonly autofocus?: boolean;
  readonly inputmode?: 'email' | 'text';
  readonly hint?: string;
}

/** A field of a flow's form, with what is wrong with it. */
export function FlowInput({ name, problem, ...input }: FlowInputProps) {
  // House rule: which of several fields was wrong is not ours to tell, so all of them are marked.
  const invalid = problem?.kind === 'wrong';
  return (
    <Field
      {...input}
      name={name}
      label={FIELD_WORDS[name].label}
      invalid={invalid}
      problem={fieldProblem(name, problem)}
      describedBy={problem && SUMMARY_ID}
    />
  );
}
