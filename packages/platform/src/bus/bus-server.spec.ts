import { IsObject, Length } from 'class-validator';
import { of } from 'rxjs';
import type { Logger } from '../logging/logger.js';
import type { BusHandler, BusListener } from './bus.js';
import { BusServer } from './bus-server.js';
import { Serves } from './serves.js';

class BoilMessage {
  @Length(8, 64)
  readonly requestId!: string;

  readonly deadline!: number;

  @IsObject()
  readonly kettle!: object;
}

/** Only its decorator is of interest: it ties the contract to the subject. */
class Kettle {
  @Serves('kettle.v1.boil', BoilMessage)
  boil(): void {}
}
void Kettle;

const OUTAGE = new Error('storage is away');

/** One handler behind Nest's server: how it answers a message, what it executed, and what was logged. */
function house(answer: (message: unknown) => unknown = () => 'hot') {
  const [executed, logged, queues]: [unknown[], [string, object, string][], string[]] = [[], [], []];
  const level = (name: string) => (fields: object, text: string) => logged.push([name, fields, text]);
  const logger = { info: level('info'), warn: level('warn'), error: level('error') } as unknown as Logger;
  let ask: BusHandler = () => Promise.reject(new Error('nothing is served'));
  let isDrained = false;
  const listener: BusListener = {
    serve: (_subject, queue, handler) => {
      queues.push(queue);
      ask = handler;
    },
    subscribe: () => {},
    drain: async () => {
      isDrained = true;
    },
  };
  const server = new BusServer({ listener, logger, isInfrastructureError: (error) => error === OUTAGE });
  server.addHandler('kettle.v1.boil', async (message: unknown) => {
    executed.push(message);
    return answer(message) as never;
  });
  server.listen(() => {});
  return { server, executed, logged, queues, ask: (message: unknown) => ask(message), isDrained: () => isDrained };
}

const message = (overrides: object = {}) => ({
  requestId: 'request-1',
  deadline: Date.now() + 1_000,
  kettle: {},
  ...overrides,
});

describe('BusServer', () => {
  it('house: a message that fits its contract is answered', async () => {
    const { ask, executed } = house();
    const sent = message();
    expect(await ask(sent)).toEqual({ reply: 'hot' });
    expect(executed[0]).toBeInstanceOf(BoilMessage);
    expect(executed[0]).toEqual(Object.assign(new BoilMessage(), sent));
  });

  it('house: Nest may wrap the answer in an observable', async () => {
    expect(await house(() => of('hot')).ask(message())).toEqual({ reply: 'hot' });
  });

  it.each([
    ['no object', 'boil'],
    ['null', null],
    ['an array', [message()]],
    ['what was no JSON', undefined],
    ['a missing field', message({ kettle: undefined })],
    ['a field of another type', message({ kettle: 'red' })],
    ['a field too short', message({ requestId: 'r' })],
    ['a prototype of its own', JSON.parse('{"__proto__":{"kettle":{}},"requestId":"request-1","deadline":9e15}')],
    ['a constructor of its own', JSON.parse('{"constructor":{"name":"x"},"requestId":"r","deadline":9e15}')],
  ])('IN-01 %s is refused and not executed', async (_what, sent) => {
    const { executed, logged, ask } = house();
    expect(await ask(sent)).toEqual({ trouble: 'refused' });
    expect(executed).toEqual([]);
    const fields = expect.objectContaining({ subject: 'kettle.v1.boil' });
    expect(logged).toEqual([['warn', fields, 'message refused: it does not fit its contract']]);
  });

  it('I6 a message past its deadline has no effect', async () => {
    const { ask, executed, logged } = house();
    expect(await ask(message({ deadline: Date.now() - 1 }))).toEqual({ trouble: 'unavailable' });
    expect(executed).toEqual([]);
    expect(logged).toMatchObject([['warn', { request_id: 'request-1' }, 'message dropped: past its deadline']]);
  });

  it('I4 an outage below us is unavailable, and a warning', async () => {
    const { ask, logged } = house(() => Promise.reject(OUTAGE));
    expect(await ask(message())).toEqual({ trouble: 'unavailable' });
    expect(logged).toMatchObject([
      ['warn', { subject: 'kettle.v1.boil', request_id: 'request-1' }, 'what it needs is away'],
    ]);
  });

  it('X8 a bug of ours is a fault, logged as an error, and nothing of it travels', async () => {
    const { ask, logged } = house(() => {
      throw new TypeError('kettle.lid is undefined');
    });
    expect(await ask(message())).toEqual({ trouble: 'fault' });
    expect(logged).toMatchObject([['error', { request_id: 'request-1' }, 'handler failed']]);
  });

  it('house: replicas of a room share a queue named as the room is', () => {
    expect(house().queues).toEqual(['kettle']);
  });

  it('I9 closing drains', async () => {
    const { server, isDrained } = house();
    await server.close();
    expect(isDrained()).toBe(true);
  });
});
