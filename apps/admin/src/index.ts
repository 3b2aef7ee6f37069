export { CHECKING_HASHER } from './commands/check.command.js';
export { EnvironmentApplier, summary } from './environment-applier.js';
export { EnvironmentFileError, type FileProblem } from './environment-file/file-problem.js';
export { findEnvironmentFiles, NoEnvironmentFile } from './environment-file/find-files.js';
export { type EnvironmentFileText, readEnvironmentFiles } from './environment-file/read-environment-file.js';
export type { SecretHasher } from './environment-file/to-config.js';
