import type { OriginAnswer, OriginQuestion } from '@grantway/contracts';
import { Bus, BusTrouble } from '@grantway/platform';
import { CrossOrigin, corsHeaders, PREFLIGHT_HEADERS } from './cross-origin.js';

class OriginBus extends Bus {
  readonly connected = true;
  readonly asked: OriginQuestion[] = [];
  isAway = false;

  publish(): boolean {
    return true;
  }

  async request<Reply>(subject: string, message: unknown): Promise<Reply> {
    this.asked.push(message as OriginQuestion);
    if (this.isAway) throw new BusTrouble('timeout', subject);
    const { environmentId, origin } = message as OriginQuestion;
    const answer: OriginAnswer = { allowed: environmentId === 'acme' && origin === 'https://spa.example' };
    return answer as Reply;
  }
}

const question = (origin: string, environmentId = 'acme') => ({
  environmentId,
  origin,
  requestId: 'request-1',
  deadline: 0,
});

describe('CrossOrigin', () => {
  it('HT-04 an origin some client lists, and no other', async () => {
    const origins = new CrossOrigin(new OriginBus());
    expect(await origins.allows(question('https://spa.example'))).toBe(true);
    for (const origin of [
      'https://evil.example',
      'https://x.spa.example',
      'http://spa.example',
      'https://spa.example:8443',
    ]) {
      expect(await origins.allows(question(origin))).toBe(false);
    }
  });

  it.each([
    'null',
    '',
    '*',
    'https://spa.example/',
    'https://spa.example/x',
    'https://spa.example x',
    'file://',
    `https://${'a'.repeat(201)}`,
  ])('HT-04 "%s" is no origin, and nobody is asked', async (origin) => {
    const bus = new OriginBus();
    expect(await new CrossOrigin(bus).allows(question(origin))).toBe(false);
    expect(bus.asked).toEqual([]);
  });

  it('MT-03 an answer for one environment is none for another', async () => {
    const origins = new CrossOrigin(new OriginBus());
    expect(await origins.allows(question('https://spa.example'))).toBe(true);
    expect(await origins.allows(question('https://spa.example', 'other'))).toBe(false);
  });

  it('design §4.6 an answer is believed for less than a second', async () => {
    const now = Date.now;
    const bus = new OriginBus();
    const origins = new CrossOrigin(bus);
    try {
      await origins.allows(question('https://spa.example'));
      await origins.allows(question('https://spa.example'));
      expect(bus.asked).toHaveLength(1);
      Date.now = () => now() + 950;
      await origins.allows(question('https://spa.example'));
      expect(bus.asked).toHaveLength(2);
    } finally {
      Date.now = now;
    }
  });

  it('house: trouble is no answer, and is not remembered', async () => {
    const bus = new OriginBus();
    const origins = new CrossOrigin(bus);
    bus.isAway = true;
    await expect(origins.allows(question('https://spa.example'))).rejects.toMatchObject({ kind: 'timeout' });
    bus.isAway = false;
    expect(await origins.allows(question('https://spa.example'))).toBe(true);
  });

  it('HT-04 names the origin, never all, and never with credentials', () => {
    expect(corsHeaders('https://spa.example', 'listed')).toMatchObject({
      'access-control-allow-origin': 'https://spa.example',
      vary: 'Origin',
    });
    const names = Object.keys({ ...corsHeaders('https://spa.example', 'listed'), ...PREFLIGHT_HEADERS });
    expect(names).not.toContain('access-control-allow-credentials');
  });
});
