type NotYet = { code: string; seconds: number };
type Clock = { now: () => number; sleep: (ms: number) => Promise<void> };
type Poll = (
  ask: () => Promise<string>,
  started: object,
  onwait: (reply: NotYet) => void,
  clock: Clock,
) => Promise<string>;

// A module of the browser's: nobody compiles it, so nobody knows its types.
const module = new URL('../public/app/polling.js', import.meta.url).href;

const refusal = (error: string) => Object.assign(new Error(error), { error });
const unreachable = () => new TypeError('Failed to fetch');

describe('asking until somebody has decided', () => {
  let poll: Poll;
  beforeAll(async () => {
    ({ poll } = (await import(module)) as { poll: Poll });
  });

  /** What came of it, and after how many seconds it was asked; no second really passes. */
  async function run(replies: (Error | string)[], started: object) {
    let ms = 0;
    const clock = {
      now: () => ms,
      sleep: async (more: number) => {
        ms += more;
      },
    };
    const askedAt: number[] = [];
    const heard: NotYet[] = [];
    const ask = async () => {
      askedAt.push(ms / 1_000);
      const reply = replies.shift() ?? 'too often';
      if (reply instanceof Error) throw reply;
      return reply;
    };
    const outcome = await poll(ask, started, (reply) => heard.push(reply), clock).catch((error: Error) => error);
    return { outcome, askedAt, heard };
  }

  it('RFC 8628 §3.4 first after the interval, then in its rhythm', async () => {
    const pending = refusal('authorization_pending');
    const { outcome, askedAt } = await run([pending, pending, 'tokens'], { interval: 3, expires_in: 600 });
    expect([outcome, askedAt]).toEqual(['tokens', [3, 6, 9]]);
  });

  it('RFC 8628 §3.2 without an interval it is five seconds', async () => {
    expect((await run(['tokens'], { expires_in: 600 })).askedAt).toEqual([5]);
  });

  it('D3 slow_down: five seconds more, from then on', async () => {
    const replies = [refusal('slow_down'), refusal('authorization_pending'), refusal('slow_down'), 'tokens'];
    const { askedAt, heard } = await run(replies, { interval: 1, expires_in: 600 });
    expect(askedAt).toEqual([1, 7, 13, 24]);
    expect(heard.map(({ code, seconds }) => `${code} ${seconds}`)).toEqual([
      'slow_down 6',
      'authorization_pending 6',
      'slow_down 11',
    ]);
  });

  it('RFC 8628 §3.5 who does not answer is asked ever more slowly, and then given up', async () => {
    const { askedAt } = await run([unreachable(), unreachable(), 'tokens'], { interval: 1, expires_in: 600 });
    expect(askedAt).toEqual([1, 3, 7]);
    const { outcome } = await run([unreachable(), unreachable(), unreachable()], { interval: 1, expires_in: 5 });
    expect(outcome).toBeInstanceOf(TypeError);
  });

  it.each(['access_denied', 'expired_token', 'invalid_grant'])('D4 %s is the end', async (error) => {
    const { outcome, askedAt } = await run([refusal(error), 'tokens'], { interval: 1, expires_in: 600 });
    expect([outcome, askedAt]).toEqual([refusal(error), [1]]);
  });
});
