export { CHECKING_KEEPER } from './commands/check.command.js';
export { EnvironmentApplier, summary } from './environment-applier.js';
export { EnvironmentFileError, type FileProblem } from './environment-file/file-problem.js';
export { findEnvironmentFiles, NoEnvironmentFile } from './environment-file/find-files.js';
export { type EnvironmentFileText, readEnvironmentFiles } from './environment-file/read-environment-file.js';
export type { SecretKeeper } from './environment-file/to-config.js';
export { keeperOf } from './secret-keeper.js';
