import { randomUUID } from 'node:crypto';
import { context, DiagLogLevel, diag, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Logger } from '../logging/logger.js';
import { VERSION } from '../metrics/version.js';

/** Milliseconds a stopping process waits for whoever takes its spans. */
const MOST_CLOSING = 2_000;
/** Whoever takes no spans is complained of once in so many milliseconds. */
const SAY_AGAIN_AFTER = 60_000;

/**
 * Spans leave in batches, beside what they tell of: those that nobody takes are dropped.
 *
 * @param service its name in traces
 */
export function openTracer(service: string, logger: Logger): { tracer: Tracer; close(): Promise<void> } {
  diag.setLogger(new Complaints(logger), { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  const ours = {
    ...{ 'service.name': service, 'service.namespace': 'grantway', 'service.version': VERSION },
    'service.instance.id': randomUUID(),
  };
  const resource = defaultResource()
    .merge(resourceFromAttributes(ours))
    .merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  const close = async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, MOST_CLOSING);
    });
    await Promise.race([provider.shutdown().catch(() => {}), late]);
    clearTimeout(timer);
  };
  return { tracer: provider.getTracer('grantway', VERSION), close };
}

/** What the SDK has to complain of. Its words name addresses and headers, so only the kind of trouble is told. */
class Complaints {
  #said = Number.NEGATIVE_INFINITY;

  constructor(private readonly logger: Logger) {}

  error(_message: string): void {
    const now = Date.now();
    if (now - this.#said < SAY_AGAIN_AFTER) return;
    this.#said = now;
    this.logger.warn('traces: spans could not be delivered');
  }

  warn(): void {}
  info(): void {}
  debug(): void {}
  verbose(): void {}
}
