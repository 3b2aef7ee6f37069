import { setTimeout as sleep } from 'node:timers/promises';
import { Person, type Tokens } from '@grantway/conformance';
import { SHOPPERS, type Someone, STRICT } from '../house/environment.js';
import type { Recipe } from '../recipe.js';
import type { Trial } from '../trial.js';

/** How many artifacts are sent to a service that stands still. */
const EACH = 5;
/** Milliseconds after which whatever a woken service does has been done; it was given more than its deadline's worth of work. */
const WOKEN = 1_000;

export const freeze: Recipe = {
  number: 4,
  title: 'freeze: the token service stands still beyond the deadline during redemptions',
  underLoad: false,
  async run(trial) {
    const hasTime = trial.lasts(20);
    do await freezeOnce(trial);
    while (hasTime());
  },
};

async function freezeOnce(trial: Trial): Promise<void> {
  const { house, load } = trial;
  const strict = house.app(STRICT);
  const person = new Person(house.publicUrl);
  const code = async () => (await strict.signIn(person, SHOPPERS[0] as Someone)).params()['code'] as string;
  const codes: string[] = [];
  const refreshTokens: string[] = [];
  for (let n = 0; n < EACH; n += 1) {
    codes.push(await code());
    refreshTokens.push((await strict.redeem(await code())).json<Tokens>().refresh_token);
  }
  const records = async () =>
    JSON.stringify(await house.sql('SELECT id, generation FROM authorization_record ORDER BY id'));
  const honest = load.honest('frozen');
  const before = await records();
  const thaw = house.freeze(...house.both('token').map(({ pid }) => pid as number));
  trial.fault('SIGSTOP of both token processes');
  const tries = [
    ...codes.map((one) => honest.once('redeem', () => strict.redeem(one))),
    ...refreshTokens.map((one) => honest.once('refresh', () => strict.refresh(one))),
  ];
  const served = (await Promise.all(tries)).filter(Boolean).length;
  thaw();
  await load.honest('woken').insist('token', () => house.app('service').token({ grant_type: 'client_credentials' }));
  await sleep(WOKEN);
  trial.claim(
    'I6',
    served === 0 && (await records()) === before,
    `${tries.length} requests timed out, and none had an effect when the service went on`,
  );

  // None was spent, and this client has no grace: each works now, once.
  const now = await Promise.all([
    ...codes.map((one) => strict.redeem(one)),
    ...refreshTokens.map((one) => strict.refresh(one)),
  ]);
  for (const answer of now)
    if (answer.status === 200) load.ledger.received({ token: answer.json<Tokens>().access_token, asker: 'orders' });
  const again = await Promise.all(codes.map((one) => strict.redeem(one)));
  const refused = again.filter(({ status }) => status === 400).length;
  load.ledger.letGo(...now.slice(0, EACH).map((answer) => answer.json<Tokens>().access_token));
  const worked = now.filter(({ status }) => status === 200).length;
  trial.claim(
    'I1',
    worked === now.length && refused === again.length,
    `${worked} of ${now.length} artifacts work afterwards, ${refused} of ${again.length} codes are refused the second time`,
  );
}
