import { createLogger } from '../logging/logger.js';
import { currentTrace, isTracing } from './spans.js';
import { startTracing } from './tracing.js';

const OTEL = /^OTEL_/;

describe('startTracing', () => {
  const before = Object.entries(process.env).filter(([name]) => OTEL.test(name));
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (OTEL.test(name)) delete process.env[name];
    Object.assign(process.env, Object.fromEntries(before));
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['nothing is said', {}, false],
    ['an endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    ['an endpoint is named', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, true],
    ['one for traces is named', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces' }, true],
    ['the exporter is named', { OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [
      'there is to be no exporter',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_TRACES_EXPORTER: 'none' },
      false,
    ],
    [
      'the SDK is switched off',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' },
      false,
    ],
  ])('house: whether it traces when %s', async (_what, env, traces) => {
    Object.assign(process.env, env);
    const tracing = await startTracing('test', createLogger('test', 'silent'));
    expect(isTracing()).toBe(traces);
    expect(currentTrace()).toBeUndefined();
    await tracing.stop();
    expect(isTracing()).toBe(false);
  });

  it('house: an exporter we do not have is refused by its variable', async () => {
    process.env['OTEL_TRACES_EXPORTER'] = 'zipkin';
    await expect(startTracing('test', createLogger('test', 'silent'))).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('OTEL_TRACES_EXPORTER'),
    });
  });
});
