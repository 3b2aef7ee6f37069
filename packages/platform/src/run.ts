/** Starts a process: one clear line and a non-zero exit when it cannot, a clean stop when it is told to. */
export async function run(start: () => Promise<{ stop(): Promise<void> }>): Promise<void> {
  process.on('unhandledRejection', (error) => fail('unhandled rejection', error));
  const starting = start();
  // From the first moment on: what a start has begun, such as a database, has to be ended too.
  onStopSignal(async () => (await starting).stop());
  await starting.catch((error: unknown) => fail('could not start', error));
}

/** I9: SIGTERM or Ctrl-C drains; a second one does not wait. */
function onStopSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const handle = () => {
    if (stopping) process.exit(130);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail('could not stop cleanly', error),
    );
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}

/** Errors whose message says all a person needs, in their own words. */
const COMPLETE = new Set([
  'ConfigError',
  'EnvironmentFileError',
  'NoEnvironmentFile',
  'LocalServiceError',
  'MigrationError',
  'ConfigConflictError',
  'NoInstallation',
  'UnknownGrant',
  'UnservableGrant',
  'Malformed',
]);

function fail(what: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const isComplete = error instanceof Error && COMPLETE.has(error.name);
  process.stderr.write(isComplete ? `${message}\n` : `grantway ${what}: ${message}\n`);
  if (process.env['GRANTWAY_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
