import { type Authorization, type NewDeviceAuthorization, RACE_TOLERANCE_MS } from '@grantway/domain';
import { codeChallenge } from '@grantway/protocol';
import { aClient, altered, aNewDevice, anAuthorization, grantHarness } from '@grantway/testing';
import { DeviceCodeGrant } from './device-code.grant.js';

const VERIFIER = 'v'.repeat(43);
const client = aClient({ id: 'tv' });

/** A harness with one device in it. */
async function withDevice(request: Partial<NewDeviceAuthorization> = {}, policy = client) {
  const harness = await grantHarness(DeviceCodeGrant, { client: policy, overTheWire: true });
  const { devices, clock } = harness.stores;
  const made = aNewDevice({ lifetime: 60, ...request });
  const started = await devices.start(made, 10);
  const device_code = 'deviceCode' in started ? started.deviceCode : 'none';
  const { id = '' } = (await devices.findByUserCode('acme', made.userCodeHash)) ?? {};
  const decide = (approved?: Authorization) => devices.decide('acme', id, approved);
  return { ...harness, clock, id, device_code, decide, poll: () => harness.token({ device_code }) };
}

type Device = Awaited<ReturnType<typeof withDevice>>;

describe('device_code grant, RFC 8628', () => {
  it.each<[string, (device: Device) => unknown, string]>([
    ['D2 §3.5 the user has not answered yet', () => {}, 'authorization_pending'],
    ['D3 §3.5 the device polls too soon', ({ poll }) => poll().catch(() => {}), 'slow_down'],
    ['D4 §3.5 the user said no', ({ decide }) => decide(), 'access_denied'],
    ['D4 §3.5 nobody answered in time', ({ clock }) => clock.elapse(61), 'expired_token'],
  ])('%s', async (_rule, before, code) => {
    const device = await withDevice();
    await before(device);
    await expect(device.poll()).rejects.toMatchObject({ code });
  });

  it('D3 slow_down lasts: the old interval is too soon from then on', async () => {
    const { poll, clock } = await withDevice();
    const codes: unknown[] = [];
    for (const seconds of [0, 1, 6, 16]) {
      clock.elapse(seconds);
      codes.push(await poll().catch(({ code }) => code));
    }
    expect(codes).toEqual(['authorization_pending', 'slow_down', 'slow_down', 'authorization_pending']);
  });

  it.each([
    ['it is missing', () => '', 'invalid_request'],
    ['it is longer than any', () => 'a'.repeat(513), 'invalid_request'],
    ['it is unknown', altered, 'invalid_grant'],
    ['it is nonsense', () => 'nonsense', 'invalid_grant'],
    ['CO-10 it is another artifact', (code: string) => code.replace('gwdc', 'gwac'), 'invalid_grant'],
  ])('D5 the code: %s', async (_what, change, code) => {
    const { token, decide, device_code, poll } = await withDevice();
    await decide(anAuthorization());
    const sent = change(device_code);
    await expect(token(sent ? { device_code: sent } : {})).rejects.toMatchObject({ code });
    await expect(poll()).resolves.toHaveProperty('authorizationId');
  });

  it('D5 house: the code is another client’s', async () => {
    const { token, decide, device_code, poll } = await withDevice();
    await decide(anAuthorization());
    const thief = token({ device_code }, { client: aClient({ id: 'thief' }) });
    await expect(thief).rejects.toMatchObject({ code: 'invalid_grant' });
    await expect(poll()).resolves.toHaveProperty('authorizationId');
  });

  it('§3.5 approved: what the user allowed, and the code to spend', async () => {
    const { poll, decide, id } = await withDevice();
    const authorization = anAuthorization({ resources: ['https://orders.example'] });
    await decide(authorization);
    const { issuance } = await poll();
    expect(issuance).toEqual({ authorization, spend: { deviceCode: id }, refreshToken: false });
  });

  it('design §7 refresh tokens are for clients that say so', async () => {
    const { poll, decide } = await withDevice({}, { ...client, device: { refresh: true } });
    await decide(anAuthorization());
    expect((await poll()).issuance.refreshToken).toBe(true);
  });

  it('house: an approved poll is never too soon', async () => {
    const { poll, decide } = await withDevice();
    await poll().catch(() => {});
    await decide(anAuthorization());
    await expect(poll()).resolves.toBeDefined();
  });

  it('DV-04 house: of two racing polls one is answered with tokens', async () => {
    const { poll, decide } = await withDevice();
    await decide(anAuthorization());
    const polls = await Promise.allSettled([poll(), poll()]);
    expect(polls.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it.each([
    ['a replay revokes what came of it', RACE_TOLERANCE_MS / 1_000 + 1, 'device_code.replayed', false],
    ['a race revokes nothing', 0, 'device_code.lost_race', true],
  ])('D5 design §4.2 spent: %s', async (_what, seconds, reason, live) => {
    const { poll, decide, clock, stores } = await withDevice();
    await decide(anAuthorization());
    const { authorizationId = '' } = await poll();
    expect(await stores.authorizations.isLive('acme', authorizationId)).toBe(true);
    clock.elapse(seconds);
    await expect(poll()).rejects.toMatchObject({ code: 'invalid_grant', detail: { reason } });
    expect(await stores.authorizations.isLive('acme', authorizationId)).toBe(live);
  });

  describe('DV-08 CVE-2026-123542 a code bound to a verifier', () => {
    const bound = { codeChallenge: codeChallenge(VERIFIER, 'S256') };

    it.each([
      ['without one', {}],
      ['with another', { code_verifier: 'w'.repeat(43) }],
      ['with the challenge itself', { code_verifier: bound.codeChallenge }],
      ['with one that is too short', { code_verifier: 'v'.repeat(42) }],
    ])('%s it is refused, and stays good', async (_what, proof) => {
      const { token, decide, device_code } = await withDevice(bound);
      await decide(anAuthorization());
      await expect(token({ device_code, ...proof })).rejects.toMatchObject({ code: 'invalid_grant' });
      await expect(token({ device_code, code_verifier: VERIFIER })).resolves.toBeDefined();
    });

    it('a verifier nobody announced is refused', async () => {
      const { token, decide, device_code, poll } = await withDevice();
      await decide(anAuthorization());
      const stripped = token({ device_code, code_verifier: VERIFIER });
      await expect(stripped).rejects.toMatchObject({ code: 'invalid_grant' });
      await expect(poll()).resolves.toBeDefined();
    });
  });

  it('I15 storage that is away is no verdict', async () => {
    const { poll, stores } = await withDevice();
    stores.devices.poll = () => Promise.reject(new Error('away'));
    await expect(poll()).rejects.toThrow('away');
  });
});
