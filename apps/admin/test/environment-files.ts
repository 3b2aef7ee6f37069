import type { EnvironmentConfig } from '@grantway/domain';
import { EnvironmentFileError, problemLine } from '../src/environment-file/file-problem.js';
import { readEnvironmentFiles } from '../src/environment-file/read-environment-file.js';
import type { Variables } from '../src/environment-file/variables.js';

/** Shows in a test what became of a secret. */
export const MARKING_KEEPER = {
  hash: (secret: string) => `hash(${secret})`,
  wrapSha256: (digest: string) => `wrap(${digest})`,
  seal: (secret: string, owner: string) => `seal(${secret}, ${owner})`,
};

/** What a file means; fails where it has a problem. */
export function configOf(text: string, variables: Variables = {}): EnvironmentConfig {
  const [config] = readEnvironmentFiles([{ file: 'f.yaml', text }], variables, MARKING_KEEPER);
  if (!config) throw new Error('no configuration');
  return config;
}

/** What is wrong with a file, as the command prints it, without the file's name. */
export function problemsOf(text: string, variables: Variables = {}): string[] {
  try {
    configOf(text, variables);
    return [];
  } catch (error) {
    if (!(error instanceof EnvironmentFileError)) throw error;
    return error.problems.map((problem) => problemLine(problem).replace(/^f\.yaml:/, ''));
  }
}
