import { ask, giveBack, INACTIVE, signOffUrl, told, withResources } from '../support/companions.js';
import { ADA } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { request } from '../support/http.js';
import { PrivateFleet } from './support/private-fleet.js';
import { outcomeOf } from './support/traffic.js';

describe('IR-04 CVE-2020-15223 introspection, revocation and sign-off while PostgreSQL is away', () => {
  let house: PrivateFleet;
  beforeAll(async () => {
    house = await PrivateFleet.start({ token: 1, authorize: 1 }, withResources);
  }, 180_000);
  afterAll(() => house.stop());

  it('IR-04 503 with Retry-After and never a verdict; the true state is as it was', async () => {
    const app = house.app();
    const [kept, opaque] = [await app.tokens(ADA), await house.app('keeper').tokens(ADA)];
    const tokens = [kept.access_token, kept.refresh_token, opaque.access_token];
    const wrong = `${kept.refresh_token.slice(0, -5)}AAAAA`;
    await house.stopPostgres();
    try {
      const sendings = [
        ...tokens.map((token) => ask(app, 'web', token)),
        ask(app, 'orders', kept.access_token),
        ask(app, 'orders', `gwat_${'A'.repeat(22)}.${'A'.repeat(43)}`),
        ...[...tokens, wrong].map((token) => giveBack(app, token)),
        giveBack(house.app('keeper'), opaque.access_token),
        app.userInfo(opaque.access_token),
        request(signOffUrl(app, { id_token_hint: kept.id_token }, 'idpSignoff')),
      ];
      const outcomes = await Promise.all(sendings.map((sending) => outcomeOf(sending, () => false)));
      expect(new Set(outcomes)).toEqual(new Set(['unavailable']));
    } finally {
      await house.startPostgres();
    }
    await eventually(
      async () => (await ask(app, 'web', kept.access_token)).status,
      (status) => status === 200,
    );
    for (const token of [kept.access_token, kept.refresh_token]) {
      expect(await told(app, 'web', token)).toMatchObject({ active: true });
    }
    expect(await told(app, 'vault', opaque.access_token)).toMatchObject({ active: true });
    expect((await giveBack(app, kept.refresh_token)).status).toBe(200);
    expect(await told(app, 'web', kept.access_token)).toEqual(INACTIVE);
  }, 180_000);
});
