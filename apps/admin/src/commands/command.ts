/** One verb of the `grantway` command. Modules are loaded by the command that needs them, so that each starts fast. */
export interface Command {
  readonly name: string;
  /** What follows the name, for the usage text. */
  readonly argument?: string;
  readonly meaning: string;
  /** What else its own help says, a line each: its options, and what they mean. */
  readonly details?: readonly string[];
  /** It takes any number of arguments and looks at them itself. */
  readonly many?: true;
  /**
   * @param say writes a line of the result; what was done before a failure has been said by then
   * @param args all of them, where it takes {@link many}
   */
  run(argument: string, env: NodeJS.ProcessEnv, say: (line: string) => void, args?: readonly string[]): Promise<void>;
}
