import { EnvironmentConfig } from '@grantway/domain';
import { isMap, isScalar } from 'yaml';
import { CHECKS } from './checks/all-checks.js';
import { EnvironmentFileError, FileProblem } from './file-problem.js';
import { FileReading } from './file-reading.js';
import { FileEntry, file as fileShape } from './sections/file.section.js';
import { Cursor, Draft } from './shape/shape.js';
import { SecretKeeper, toConfig } from './to-config.js';
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
  keeper: SecretKeeper,
): EnvironmentConfig[] {
  const problems: FileProblem[] = [];
  const owners = new Map<string, string>();
  const entries = files.flatMap(({ file, text }) => {
    const reading = startReading(file, text, variables);
    const draft = readDraft(reading);
    if (draft?.environment !== undefined) claimEnvironment(draft.environment, reading, owners);
    problems.push(...reading.problems);
    // Without a problem every required key was read, and every list is whole: the draft is an entry.
    return reading.problems.length === 0 ? [draft as unknown as FileEntry] : [];
  });
  if (problems.length > 0) throw new EnvironmentFileError(problems);
  return entries.map((entry) => toConfig(entry, keeper));
}

function startReading(file: string, text: string, variables: Variables): FileReading {
  const source = new YamlSource(file, text);
  return new FileReading(source, withPublicUrl(variables), isDemo(source));
}

function readDraft(reading: FileReading): Draft<FileEntry> | undefined {
  const { source } = reading;
  const faults = source.syntaxFaults();
  // What is not well-formed has no structure to judge: more messages would be guesses.
  for (const { offset, message } of faults) reading.failAt(offset, message);
  if (faults.length > 0) return undefined;
  if (source.isEmpty) {
    reading.failAt(0, 'is empty; it needs at least the key "environment"');
    return undefined;
  }
  const draft = fileShape.read(new Cursor(reading, source.resolve(source.root), []));
  if (draft) for (const check of CHECKS) check(draft, reading);
  return draft;
}

/** Two files of one environment would take turns removing what the other one created. */
function claimEnvironment(id: string, reading: FileReading, owners: Map<string, string>): void {
  const owner = owners.get(id);
  if (owner === undefined) owners.set(id, reading.source.file);
  else reading.fail(['environment'], `"${id}" is described in ${owner} already`);
}

/** Looked up ahead of everything else, because it decides what secrets may look like; its type is judged by the shape. */
function isDemo(source: YamlSource): boolean {
  if (!isMap(source.root)) return false;
  const pair = source.root.items.find(({ key }) => isScalar(key) && key.value === 'demo');
  const value = source.resolve(pair?.value);
  return isScalar(value) && value.value === true;
}
