import { InFlight } from './in-flight.js';

const BUSY = { code: 'temporarily_unavailable', detail: { reason: 'grant.busy', retryAfter: 1 } };

describe('InFlight', () => {
  it('house: one too many is told at once, and another grant’s is not', async () => {
    const inFlight = new InFlight(2);
    const ends: (() => void)[] = [];
    const hang = () => new Promise<void>((resolve) => ends.push(resolve));
    const held = [inFlight.hold('slow', hang), inFlight.hold('slow', hang)];
    await expect(inFlight.hold('slow', hang)).rejects.toMatchObject(BUSY);
    expect(await inFlight.hold('other', async () => 'answer')).toBe('answer');
    for (const end of ends) end();
    await Promise.all(held);
    expect(await inFlight.hold('slow', async () => 'answer')).toBe('answer');
  });

  it('house: a question that failed is over as well', async () => {
    const inFlight = new InFlight(1);
    const fails = () => Promise.reject(new Error('no answer'));
    for (let times = 0; times < 3; times++) await expect(inFlight.hold('slug', fails)).rejects.toThrow('no answer');
  });
});
