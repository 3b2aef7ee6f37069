/** One verb of the `grantway` command. Modules are loaded by the command that needs them, so that each starts fast. */
export interface Command {
  readonly name: string;
  /** What follows the name, for the usage text. */
  readonly argument?: string;
  readonly meaning: string;
  /** @param say writes a line of the result; what was done before a failure has been said by then */
  run(argument: string, env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<void>;
}
