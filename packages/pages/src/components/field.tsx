interface FieldProps {
  readonly name: string;
  readonly label: string;
  /** Not shown while it is typed. */
  readonly secret?: boolean;
  readonly autocomplete: string;
  readonly value?: string | undefined;
  readonly autofocus?: boolean;
  readonly invalid?: boolean;
  /** What is wrong with this field alone. */
  readonly problem?: string | undefined;
  /** The id of a summary that is about this field too: some screen readers pass over an alert that was there on load. */
  readonly describedBy?: string | undefined;
  /** What to know before one types. */
  readonly hint?: string | undefined;
  readonly inputmode?: 'email' | 'text';
}

/** A label, an input, and what is wrong with it, tied together for those who cannot see them side by side. */
export function Field({ name, label, secret, problem, describedBy, invalid, hint, ...input }: FieldProps) {
  const problemId = problem === undefined ? undefined : `${name}-problem`;
  const hintId = hint === undefined ? undefined : `${name}-hint`;
  const described = [problemId, describedBy, hintId].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint !== undefined && (
        <p class="field-hint" id={hintId}>
          {hint}
        </p>
      )}
      <input
        {...input}
        {...(secret ? { type: 'password' as const } : { type: 'text' as const })}
        id={name}
        name={name}
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        aria-invalid={invalid || problem !== undefined ? 'true' : undefined}
        aria-describedby={described || undefined}
      />
      {problem !== undefined && (
        <p class="field-problem" id={problemId}>
          {problem}
        </p>
      )}
    </div>
  );
}
