import type { FlowField, FlowProblem } from '@grantway/contracts';

/** What each field is called, and what to say when nothing is in it. */
export const FIELD_WORDS: { readonly [Name in FlowField]: { readonly label: string; readonly missing: string } } = {
  username: { label: 'Username', missing: 'Enter your username' },
  password: { label: 'Password', missing: 'Enter your password' },
  email: { label: 'Email address', missing: 'Enter your email address' },
  currentPassword: { label: 'Current password', missing: 'Enter your current password' },
  newPassword: { label: 'New password', missing: 'Enter a new password' },
  recoveryCode: { label: 'Code from our message', missing: 'Enter the code from our message' },
  verificationCode: { label: 'Code from our message', missing: 'Enter the code from our message' },
  userCode: { label: 'Code on your device', missing: 'Enter the code your device shows' },
};

const WEAK = {
  length: 'Choose a password of 8 to 256 characters',
  username: 'Choose a password that is not your username',
  same: 'Choose a password that is not the one you have',
} as const;

/** What is wrong with one field alone; nothing when the problem is not about it. */
export function fieldProblem(name: FlowField, problem: FlowProblem | undefined): string | undefined {
  switch (problem?.kind) {
    case 'missing':
      return problem.fields.includes(name) ? FIELD_WORDS[name].missing : undefined;
    case 'malformed':
      return problem.fields.includes(name) ? MALFORMED[name] : undefined;
    case 'weak':
      return problem.field === name ? WEAK[problem.rule] : undefined;
    default:
      return undefined;
  }
}

const MALFORMED: Partial<Record<FlowField, string>> = {
  username: 'Use at most 256 characters, without blanks at either end',
  email: 'Enter an email address, such as name@example.com',
};
