import { ConfigError } from './config/from-env.js';

/** Starts a process: one clear line and a non-zero exit when it cannot, a clean stop when it is told to. */
export async function run(start: () => Promise<{ stop(): Promise<void> }>): Promise<void> {
  process.on('unhandledRejection', (error) => fail('unhandled rejection', error));
  try {
    const { stop } = await start();
    onStopSignal(stop);
  } catch (error) {
    fail('could not start', error);
  }
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

function fail(what: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`grantway: ${error instanceof ConfigError ? '' : `${what}: `}${message}\n`);
  if (process.env['GRANTWAY_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
