/** Where the person stood who called: npm runs a script in the package's folder, and says this beside it. */
export function standingIn(env: NodeJS.ProcessEnv): string {
  return env['INIT_CWD'] || process.cwd();
}
