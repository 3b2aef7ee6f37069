import {
  type CodeRequest,
  NOBODYS_CODE,
  type OneTimeCodeKey,
  type OutboundRequest,
  OutboundTrouble,
} from '@grantway/domain';
import type { JobHandler, JobRunner } from '@grantway/persistence';
import { createLogger } from '@grantway/platform';
import { anEnvironment, aUser, MemoryStores } from '@grantway/testing';
import { CodeMessageJob } from './code-message.job.js';
import { OneTimeCodeBook } from './one-time-code-book.js';

const URL_ = 'https://messages.example/send';
const FLOW = '00000000-0000-4000-8000-000000000001';
const OTHER_FLOW = '00000000-0000-4000-8000-000000000002';
const KEY: OneTimeCodeKey = { environmentId: 'acme', purpose: 'recovery', flowId: FLOW, userId: 'user-alice' };
const book = new OneTimeCodeBook(Buffer.alloc(32, 1));

describe('codes that are sent to people', () => {
  it('seeds 1.4 eight letters and digits that cannot be mistaken for one another', () => {
    const codes = Array.from({ length: 200 }, () => book.draw());
    for (const code of codes) expect(code).toMatch(/^[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{8}$/);
    expect(new Set(codes).size).toBe(200);
  });

  it('CO-11 the hash is keyed, and of one person, purpose, flow and environment', () => {
    const of = (changes: Partial<OneTimeCodeKey> = {}, code = 'ABCD2345', with_ = book) =>
      with_.hash({ ...KEY, ...changes }, code).toString('hex');
    const hashes = [
      of(),
      of({ environmentId: 'other' }),
      of({ purpose: 'verification' }),
      of({ flowId: OTHER_FLOW }),
      of({ userId: 'user-bob' }),
      of({}, 'ABCD2346'),
      of({}, 'ABCD2345', new OneTimeCodeBook(Buffer.alloc(32, 2))),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const typed of [
      ' abcd-2345 ',
      'ab\u200bcd\u00ad2345',
      'ABCD—2345',
      'ABCD\u22122345',
      'ＡＢＣＤ２３４５\ufeff',
    ]) {
      expect(of({}, typed)).toBe(hashes[0]);
    }
  });
});

describe('the job that sends them', () => {
  function house(accounts = { recovery: true, registration: true, messagesUrl: URL_ }, status = 200) {
    const stores = new MemoryStores();
    stores.environments.add(anEnvironment({ accounts }));
    stores.users.add(aUser()).add(aUser({ id: 'user-dora', username: 'dora', status: 'unverified', claims: {} }));
    const calls: OutboundRequest[] = [];
    const outbound = {
      call: async (request: OutboundRequest) => {
        calls.push(request);
        if (status === 0) throw new OutboundTrouble('failed', 'nobody is there');
        return { status, headers: {}, body: '' };
      },
    };
    const handlers: JobHandler<CodeRequest>[] = [];
    const runner = { register: (handler: JobHandler<CodeRequest>) => handlers.push(handler) } as never as JobRunner;
    const { environments, users, oneTimeCodes } = stores;
    const log = createLogger('authorize', 'silent');
    const job = new CodeMessageJob(runner, environments, users, oneTimeCodes, book, outbound, log);
    return { stores, calls, job, handlers };
  }
  const request = (changes: Partial<CodeRequest> = {}): CodeRequest => ({
    ...{ environmentId: 'acme', purpose: 'recovery', flowId: FLOW, username: 'ALICE' },
    ...changes,
  });

  it('house: posts who, what and the code, which then is good', async () => {
    const { job, calls, stores, handlers } = house();
    expect(handlers).toEqual([job]);
    await job.run(request());
    const [call] = calls;
    const { code, ...rest } = JSON.parse(call?.body ?? '') as Record<string, string>;
    expect(rest).toEqual({ kind: 'recovery_code', environment: 'acme', username: 'alice', email: 'alice@example.com' });
    expect(call).toMatchObject({ url: URL_, method: 'POST', privateAddresses: false });
    expect(await stores.oneTimeCodes.redeem(KEY, book.hash(KEY, code ?? ''))).toBe(true);
  });

  it.each([
    ['nobody has the name', {}, { username: 'nobody' }],
    ['recovery is for the active', {}, { username: 'dora' }],
    ['verification is for the unverified', {}, { purpose: 'verification' as const }],
    ['it is switched off', { recovery: false }, {}],
    ['there is no gateway', { messagesUrl: undefined }, {}],
    ['the environment is gone', {}, { environmentId: 'other' }],
  ])('SE-02 nothing is sent where %s', async (_why, accounts, changes) => {
    const open = { recovery: true, registration: true, messagesUrl: URL_, ...accounts };
    const { job, calls } = house(open as never);
    await job.run(request(changes));
    expect(calls).toEqual([]);
  });

  it.each([
    ['nobody has the name', 'nobody', NOBODYS_CODE],
    ['its owner is not active', 'dora', NOBODYS_CODE],
    ['somebody has the name', 'alice', 'user-alice'],
  ])('SE-02 where %s a code is stored', async (_why, username, userId) => {
    const { job, stores } = house();
    const issued: unknown[] = [];
    stores.oneTimeCodes.issue = async (...code) => void issued.push(code);
    await job.run(request({ username }));
    expect(issued).toEqual([[{ ...KEY, userId }, expect.any(Buffer), 300]]);
  });

  it('house: an unverified person gets theirs, with or without an address', async () => {
    const { job, calls } = house();
    await job.run(request({ purpose: 'verification', username: 'dora' }));
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({
      ...{ kind: 'verification_code', environment: 'acme', username: 'dora', code: expect.any(String) },
    });
  });

  it.each([500, 302, 404, 0])(
    'I7 a gateway that answers %d is tried again, and no error names the code',
    async (status) => {
      const { job, calls } = house(undefined, status);
      const failed = await job.run(request()).then(
        () => undefined,
        (error: Error) => error,
      );
      const { code } = JSON.parse(calls[0]?.body ?? '') as { code: string };
      expect(failed).toBeInstanceOf(Error);
      expect(`${failed?.message} ${failed?.stack}`).not.toContain(code);
      await expect(job.giveUp(request(), failed)).resolves.toBeUndefined();
    },
  );
});
