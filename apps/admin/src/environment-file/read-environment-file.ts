import { EnvironmentConfig } from '@grantway/domain';
import { isMap, isScalar } from 'yaml';
import { CHECKS } from './checks/all-checks.js';
import { EnvironmentFileError, FileProblem } from './file-problem.js';
import { FileReading } from './file-reading.js';
import { FileEntry, file as fileShape } from './sections/file.section.js';
import { Cursor } from './shape/shape.js';
import { SecretHasher, toConfig } from './to-config.js';
import { Variables, withPublicUrl } from './variables.js';
import { YamlSource } from './yaml-source.js';

/** A file as it lies there. */
export interface EnvironmentFileText {
  /** Its path, as messages show it. */
  readonly file: string;
  readonly text: string;
}

/**
 * Reads environment files.
 *
 * @throws EnvironmentFileError with every problem of every file
 */
export function readEnvironmentFiles(
  files: readonly EnvironmentFileText[],
  variables: Variables,
  hasher: SecretHasher,
): EnvironmentConfig[] {
  const problems: FileProblem[] = [];
  const places = new Map<string, string>();
  const entries = files.flatMap(({ file, text }) => {
    const { entry, reading } = readOne(file, text, variables);
    const earlier = entry && places.get(entry.environment);
    if (entry && earlier) reading.fail(['environment'], `the environment "${entry.environment}" is in ${earlier} as well`);
    if (entry) places.set(entry.environment, file);
    problems.push(...reading.problems);
    return entry ? [entry] : [];
  });
  if (problems.length > 0) throw new EnvironmentFileError(problems);
  return entries.map((entry) => toConfig(entry, hasher));
}

/** The entry is there only if nothing is wrong with it. */
function readOne(file: string, text: string, variables: Variables): { entry?: FileEntry; reading: FileReading } {
  const source = new YamlSource(file, text);
  const reading = new FileReading(source, withPublicUrl(variables), isDemo(source));
  for (const { offset, message } of source.syntaxFaults()) reading.failAt(offset, message);
  // What a broken file seems to say would only hide the fault in a crowd of others.
  if (reading.problems.length > 0) return { reading };
  const draft = fileShape.read(new Cursor(reading, source.resolve(source.root), []));
  if (draft) for (const check of CHECKS) check(draft, reading);
  // Without a problem every required key was read, and every value is of its type.
  return reading.problems.length === 0 && draft ? { entry: draft as unknown as FileEntry, reading } : { reading };
}

/** Read ahead of everything else, because it decides what secrets may look like. */
function isDemo(source: YamlSource): boolean {
  if (!isMap(source.root)) return false;
  const pair = source.root.items.find(({ key }) => isScalar(key) && key.value === 'demo');
  return isScalar(pair?.value) && pair.value.value === true;
}
