import { ENDPOINTS, type Endpoint, type HttpCall, type HttpReply, Subject } from '@grantway/contracts';
import { Bus, type BusMessage, BusTrouble, type BusTroubleKind, createLogger } from '@grantway/platform';
import { Dispatcher } from './dispatcher.js';

const CALL: HttpCall = {
  environmentId: 'acme',
  requestId: 'request-1',
  deadline: 0,
  receivedAt: 0,
  method: 'GET',
  ip: '192.0.2.1',
  query: {},
  form: {},
  cookies: {},
};
const endpointOf = (subject: Subject) => ENDPOINTS.find((endpoint) => endpoint.subject === subject) as Endpoint;
const token = endpointOf(Subject.TokenIssue);
const page = endpointOf(Subject.SignOnPage);
const jwks = endpointOf(Subject.Jwks);
const OK: HttpReply = { kind: 'json', status: 200, body: { ok: true } };

/** Answers with each of these in turn, the last for ever. */
class ScriptedBus extends Bus {
  readonly connected = true;
  readonly asked: string[] = [];

  constructor(private readonly script: (HttpReply | BusTroubleKind | Error)[]) {
    super();
  }

  publish(): boolean {
    return true;
  }

  async request<Reply>(subject: string, message: BusMessage): Promise<Reply> {
    this.asked.push(`${subject} ${(message as HttpCall).environmentId}`);
    const next = this.script.length > 1 ? this.script.shift() : this.script[0];
    if (typeof next === 'string') throw new BusTrouble(next, subject);
    if (next instanceof Error) throw next;
    return next as Reply;
  }
}

function house(...script: (HttpReply | BusTroubleKind | Error)[]) {
  const bus = new ScriptedBus(script);
  return { bus, dispatcher: new Dispatcher(bus, createLogger('gateway', 'silent')) };
}

describe('Dispatcher', () => {
  it('house: hands on what the service answered', async () => {
    const { bus, dispatcher } = house(OK);
    expect(await dispatcher.ask(token, CALL)).toBe(OK);
    expect(bus.asked).toEqual(['token.v1.issue acme']);
  });

  it('design §3 asks again when nobody was there, twice at most', async () => {
    const back = house('no_responders', 'no_responders', OK);
    expect(await back.dispatcher.ask(token, CALL)).toBe(OK);
    expect(back.bus.asked).toHaveLength(3);

    const gone = house('no_responders');
    expect(await gone.dispatcher.ask(token, CALL)).toMatchObject({ status: 503 });
    expect(gone.bus.asked).toHaveLength(3);
  });

  it.each(['timeout', 'disconnected', 'unavailable', 'refused', 'fault'] as const)(
    'design §3 never asks again after %s: it may have been done',
    async (trouble) => {
      const { bus, dispatcher } = house(trouble, OK);
      expect(await dispatcher.ask(token, CALL)).not.toBe(OK);
      expect(bus.asked).toHaveLength(1);
    },
  );

  it('design §3 an attempt that got through is not repeated, whatever became of it', async () => {
    const { bus, dispatcher } = house('no_responders', 'timeout', OK);
    expect(await dispatcher.ask(token, CALL)).toMatchObject({ status: 503 });
    expect(bus.asked).toHaveLength(2);
  });

  it.each(['no_responders', 'timeout', 'unavailable'] as const)(
    'IR-04 I4 %s is 503 with Retry-After, never a verdict',
    async (trouble) => {
      expect(await house(trouble).dispatcher.ask(token, CALL)).toEqual({
        kind: 'json',
        status: 503,
        headers: { 'cache-control': 'no-store', 'retry-after': '1' },
        body: { error: 'temporarily_unavailable', error_description: 'try again in a moment' },
      });
    },
  );

  it('I4 I15 cut off from the bus it says the same, and ends the connection: the next one leads to another gateway', async () => {
    expect(await house('disconnected').dispatcher.ask(token, CALL)).toMatchObject({
      ...{ status: 503, headers: { 'retry-after': '1', connection: 'close' } },
      body: { error: 'temporarily_unavailable' },
    });
  });

  it.each(['refused', 'fault'] as const)('X8 %s is 500 and tells nothing', async (trouble) => {
    expect(await house(trouble).dispatcher.ask(token, CALL)).toEqual({
      kind: 'json',
      status: 500,
      headers: { 'cache-control': 'no-store' },
      body: { error: 'server_error', error_description: 'something broke on our side' },
    });
  });

  it('house: a person is told on a page', async () => {
    expect(await house('timeout').dispatcher.ask(page, CALL)).toMatchObject({
      kind: 'page',
      status: 503,
      headers: { 'retry-after': '1' },
      page: { page: 'error', kind: 'unavailable', requestId: 'request-1', retryAfter: 1 },
    });
    expect(await house('fault').dispatcher.ask(page, CALL)).toMatchObject({ kind: 'page', page: { kind: 'fault' } });
  });

  it('house: an error that is no trouble of the bus is not hidden', async () => {
    await expect(house(new TypeError('bug')).dispatcher.ask(token, CALL)).rejects.toThrow('bug');
  });

  describe('discovery and JWKS', () => {
    const now = Date.now;
    let elapsed = 0;
    beforeEach(() => {
      elapsed = 0;
      Date.now = () => now() + elapsed;
    });
    afterEach(() => {
      Date.now = now;
    });

    it('house: are asked for once a second at most, for each environment', async () => {
      const { bus, dispatcher } = house(OK);
      for (const environmentId of ['acme', 'acme', 'other', 'acme'])
        await dispatcher.ask(jwks, { ...CALL, environmentId });
      expect(bus.asked).toEqual(['token.v1.jwks acme', 'token.v1.jwks other']);
      elapsed = 1_000;
      await dispatcher.ask(jwks, CALL);
      expect(bus.asked).toHaveLength(3);
    });

    it('house: outlive an outage of minutes, not of hours', async () => {
      const { dispatcher } = house(OK, 'timeout');
      await dispatcher.ask(jwks, CALL);
      elapsed = 290_000;
      expect(await dispatcher.ask(jwks, CALL)).toBe(OK);
      elapsed = 301_000;
      expect(await dispatcher.ask(jwks, CALL)).toMatchObject({ status: 503 });
    });

    it('house: a refusal is not kept', async () => {
      const notFound: HttpReply = { kind: 'json', status: 404, body: {} };
      const { dispatcher } = house(notFound, OK);
      expect(await dispatcher.ask(jwks, CALL)).toBe(notFound);
      expect(await dispatcher.ask(jwks, CALL)).toBe(OK);
    });

    it('house: nothing else is kept', async () => {
      const { bus, dispatcher } = house(OK);
      await dispatcher.ask(token, CALL);
      await dispatcher.ask(token, CALL);
      expect(bus.asked).toHaveLength(2);
    });
  });
});
