import { loadConfig } from '../config/from-env.js';
import { Logger } from '../logging/logger.js';
import { traceBy } from './spans.js';
import { TracingConfig } from './tracing.config.js';

export interface Tracing {
  /** Sends what is left, if somebody takes it in time. */
  stop(): Promise<void>;
}

const NONE: Tracing = { stop: async () => {} };

/**
 * Traces from now on, where the environment asks for it. One per process; the SDK is loaded only then.
 *
 * @throws ConfigError
 */
export async function startTracing(service: string, logger: Logger): Promise<Tracing> {
  const config = loadConfig(TracingConfig);
  if (!config.enabled) return NONE;
  const { openTracer } = await import('./otlp.js');
  const { tracer, close } = openTracer(config.serviceName ?? service, logger);
  traceBy(tracer);
  return {
    stop: async () => {
      traceBy(undefined);
      await close();
    },
  };
}
