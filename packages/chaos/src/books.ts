import { ask, idOf } from '@grantway/conformance';
import type { House } from './house/house.js';
import type { Held, Ledger } from './load/ledger.js';
import type { MixedLoad } from './load/mixed-load.js';
import type { Trial } from './trial.js';

/** Tokens looked at, and how often each: replicas answer in turn, so that one which knows something else is met. */
const SAMPLE = 40;
const TIMES = 4;

/** After a run, when everything is healed: what clients were told against what is so. */
export async function proveBooks(trial: Trial): Promise<void> {
  const { house, load, random } = trial;
  const { ledger } = load;
  const { artifacts, twice } = ledger.spending;
  trial.claim(
    'I1',
    twice.length === 0,
    `${artifacts} artifacts spent, ${twice.length} of them twice ${twice.slice(0, 3).join(' ')}`,
  );

  const live = random.sample(ledger.live, SAMPLE);
  const dead = await answersOf(house, live, true);
  trial.claim(
    'I2',
    dead.length === 0,
    `${ledger.issued} tokens received; ${live.length} asked about ${TIMES} times, ${dead.length} not active`,
  );

  const gone = random.sample(ledger.gone, SAMPLE);
  const alive = await answersOf(house, gone, false);
  trial.claim(
    'I3',
    alive.length === 0,
    `${ledger.revocations} tokens revoked; ${gone.length} asked about ${TIMES} times, ${alive.length} active`,
  );

  proveOutcomes(trial, load);
  await proveUndelivered(trial, ledger);
}

/** I4: nobody was told anything but what is true, 503 with Retry-After, or nothing. */
function proveOutcomes(trial: Trial, { outcomes }: MixedLoad): void {
  const { forbidden } = outcomes.total;
  trial.claim(
    'I4',
    forbidden === 0,
    `${forbidden} forbidden answers${outcomes.wrong.map((each) => `\n             ${each}`).join('')}`,
  );
}

const TABLES = {
  code: 'authorization_code',
  device_code: 'device_authorization',
  auth_req_id: 'backchannel_request',
} as const;

/** I5: whoever lost the answer and is told that the artifact is spent was told the truth. */
async function proveUndelivered(trial: Trial, { undelivered }: Ledger): Promise<void> {
  let unspent = 0;
  for (const { kind, handle } of undelivered) {
    const statement = `SELECT spent_at IS NOT NULL AS spent FROM ${TABLES[kind]} WHERE id = $1::uuid`;
    const [row] = await trial.house.sql<{ spent: boolean }>(statement, [idOf(handle)]);
    if (!row?.spent) unspent += 1;
  }
  trial.claim(
    'I5',
    unspent === 0,
    `${undelivered.length} answers lost for good, ${unspent} of them for artifacts that are not spent`,
  );
}

/** Those for which not every answer was the hoped for. */
async function answersOf(house: House, tokens: readonly Held[], hoped: boolean): Promise<Held[]> {
  const otherwise: Held[] = [];
  for (const held of tokens) {
    const answers = await Promise.all(Array.from({ length: TIMES }, () => ask(house.app(), held.asker, held.token)));
    const isSo = answers.every((answer) => answer.status === 200 && (answer.json()['active'] === true) === hoped);
    if (!isSo) otherwise.push(held);
  }
  return otherwise;
}
