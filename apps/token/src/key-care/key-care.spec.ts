import type { KeyStep } from '@grantway/domain';
import { EventLog, type Logger, Metrics } from '@grantway/platform';
import { eventually } from '@grantway/testing';
import type { KeyRotation, Sweep } from '@grantway/token-signing';
import { KeyCare } from './key-care.js';

const STEP: KeyStep = { environmentId: 'acme', kid: 'k1', algorithm: 'ES256', step: 'follow' };

function house(sweep: (signal?: AbortSignal) => Promise<Sweep>, interval?: number) {
  const said: [level: string, message: string, kid: unknown][] = [];
  const say = (level: string) => (fields: { kid: unknown }, message: string) => said.push([level, message, fields.kid]);
  const logger = { info: say('info'), error: say('error') } as unknown as Logger;
  const metrics = new Metrics();
  return {
    said,
    metrics,
    care: new KeyCare({ sweep } as unknown as KeyRotation, new EventLog(logger), logger, metrics, interval),
  };
}

describe('KeyCare', () => {
  it('house: each step is told, and a step that fails is told once in a while', async () => {
    const failed = [{ step: { ...STEP, step: 'activate' as const }, error: new Error('does not open') }];
    const done = (['follow', 'activate', 'retire'] as const).map((step) => ({ ...STEP, step }));
    const { said, care, metrics } = house(async () => ({ done, failed }));
    await care.sweep();
    await care.sweep();
    const { text: page } = await metrics.page();
    expect(page).toContain('grantway_key_steps_total{step="activate",outcome="done"} 2');
    expect(page).toContain('grantway_key_steps_total{step="activate",outcome="failed"} 2');
    const told = ['announced', 'activated', 'retired'].map((word) => ['info', `key ${word}`, 'k1']);
    expect(said).toEqual([...told, ['error', 'signing key: a step failed', 'k1'], ...told]);
  });

  it('I15 a database that is away is no reason to stop looking, and none to shout: readiness does', async () => {
    const { said, care } = house(() => Promise.reject(new Error('storage is away')));
    await expect(care.sweep()).resolves.toBeUndefined();
    expect(said).toEqual([]);
  });

  it('I9 it looks again and again; stopping waits for the step in hand and begins no other', async () => {
    const inHand: { signal: AbortSignal | undefined; finish(sweep: Sweep): void }[] = [];
    const { care } = house((signal) => new Promise((finish) => inHand.push({ signal, finish })), 1);
    const begun = (times: number) => eventually(async () => inHand.length === times);
    care.onApplicationBootstrap();
    await begun(1);
    inHand[0]?.finish({ done: [], failed: [] });
    await begun(2);
    let isOver = false;
    const stopping = care.beforeApplicationShutdown().then(() => {
      isOver = true;
    });
    await new Promise(setImmediate);
    expect([isOver, inHand[1]?.signal?.aborted]).toEqual([false, true]);
    inHand[1]?.finish({ done: [], failed: [] });
    await stopping;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(inHand).toHaveLength(2);
  });
});
