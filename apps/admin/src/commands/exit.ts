/** What a shell gets to see. */
export const EXIT = { ok: 0, input: 1, usage: 2, infrastructure: 3 } as const;

type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Errors whose message is complete as it is. By name, so that no command loads what only another one throws. */
const TOLD: Readonly<Record<string, ExitCode>> = {
  EnvironmentFileError: EXIT.input,
  NoEnvironmentFile: EXIT.input,
  BadInput: EXIT.input,
  WrongCall: EXIT.usage,
  ConfigConflictError: EXIT.input,
  NoInstallation: EXIT.infrastructure,
  MigrationError: EXIT.infrastructure,
};

/** What PostgreSQL and the way to it say, in words. */
const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'PostgreSQL cannot be reached: nothing listens there',
  ENOTFOUND: 'PostgreSQL cannot be reached: its host has no address',
  EAI_AGAIN: 'PostgreSQL cannot be reached: its host has no address',
  ETIMEDOUT: 'PostgreSQL cannot be reached: no answer',
  '28P01': 'PostgreSQL refuses the user or the password of DATABASE_URL',
  '28000': 'PostgreSQL refuses the user of DATABASE_URL',
  '3D000': 'the database that DATABASE_URL names does not exist',
  '42P01': 'the database lacks tables: npm run grantway -- migrate',
  '42703': 'the database lacks columns: npm run grantway -- migrate',
  '42501': 'PostgreSQL does not let this user do that',
};

/** One line for a person, or the list of what is wrong with the files. Never a stack trace. */
export function failureOf(error: unknown): { readonly message: string; readonly code: ExitCode } {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  const told = Object.hasOwn(TOLD, name) ? TOLD[name] : undefined;
  if (told !== undefined) return { message, code: told };
  const known = codesOf(error).find((code) => Object.hasOwn(CODES, code));
  const line = known === undefined ? `it did not work: ${oneLine(message || name)}` : (CODES[known] ?? '');
  return { message: line, code: EXIT.infrastructure };
}

/** The error's code and those of what it wraps. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  const waiting = [error];
  for (let looked = 0; waiting.length > 0 && looked < 20; looked++) {
    const next = waiting.shift();
    if (typeof next !== 'object' || next === null) continue;
    const { code, cause, errors } = next as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof code === 'string') codes.push(code);
    waiting.push(cause, ...(Array.isArray(errors) ? errors : []));
  }
  return codes;
}

function oneLine(text: string): string {
  // A connection string may be part of what a driver says; its password must not be.
  return text
    .replace(/\s+/g, ' ')
    .replace(/:\/\/[^@\s/]*@/g, '://')
    .trim();
}
