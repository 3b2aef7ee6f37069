/** One verb of the `grantway` command. Modules are loaded by the command that needs them, so that each starts fast. */
export interface Command {
  readonly name: string;
  /** What follows the name, for the usage text. */
  readonly argument?: string;
  readonly meaning: string;
  /** @returns what standard output gets */
  run(argument: string, env: NodeJS.ProcessEnv): Promise<string>;
}
