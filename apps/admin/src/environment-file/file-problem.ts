/** One thing wrong with an environment file, and where. Its message never holds a secret's value. */
export interface FileProblem {
  readonly file: string;
  /** Both count from 1, as editors do. */
  readonly line: number;
  readonly column: number;
  /** `clients[2].redirectUris[0]`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

export type Path = readonly (string | number)[];

/** All problems of all files that were read; when it is thrown nothing has been applied. */
export class EnvironmentFileError extends Error {
  override readonly name = 'EnvironmentFileError';

  constructor(readonly problems: readonly FileProblem[]) {
    super(problems.map(problemLine).join('\n'));
  }
}

/** `demo.yaml:12:5 clients[0].id: …`, which editors and terminals turn into a link. */
export function problemLine({ file, line, column, path, message }: FileProblem): string {
  const subject = path === '' ? '' : ` ${path}`;
  return `${file}:${line}:${column}${subject}: ${message}`;
}

export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[\w-]{1,60}$/.test(step)) return `${text}[${quoted(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** Text of the file as a message may show it: on one line, in quotes and not endless. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return JSON.stringify(short);
}
