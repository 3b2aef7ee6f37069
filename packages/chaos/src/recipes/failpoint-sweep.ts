import {
  type Answer,
  Approver,
  type Asked,
  answerDevice,
  Device,
  enterCode,
  giveBack,
  Person,
  push,
  type Started,
  Till,
  type Tokens,
} from '@grantway/conformance';
import { FAILPOINTS, type Failpoint } from '../failpoints/failpoint.js';
import { APPROVERS, ENVIRONMENT, SHOPPERS, type Someone, STRICT } from '../house/environment.js';
import type { Expectation, Honest } from '../load/honest.js';
import { heldBy } from '../load/street.js';
import type { Recipe } from '../recipe.js';
import type { Trial } from '../trial.js';

/** No request has more statements. */
const MOST_STATEMENTS = 12;

/** What is done with a fresh artifact, and what may be said to whoever repeats it after its process died. */
interface Act extends Expectation {
  readonly send: () => Promise<Answer>;
  /** Told of the answer that came in the end. */
  readonly keep?: (answer: Answer) => void;
}

/** Makes what the act needs. */
type Preparation = () => Promise<Act>;

export const failpointSweep: Recipe = {
  number: 3,
  title: 'failpoint sweep: a process dies before and after every statement of every request',
  underLoad: false,
  async run(trial) {
    const honest = trial.load.honest('sweep');
    const acts = await actsOf(trial);
    const swept: string[] = [];
    const hasTime = trial.lasts(240);
    for (const [name, prepare] of trial.random.sample(Object.entries(acts), 99)) {
      let at = 1;
      while (hasTime() && at <= MOST_STATEMENTS && (await dieAt(trial, honest, name, prepare, at))) at += 1;
      swept.push(`${name} ${at - 1}${hasTime() ? '' : ' (time was up)'}`);
    }
    trial.notes.push(`statements that a process died at: ${swept.join(', ')}`);
    trial.claim('recipe', trial.faults.size > 0, 'processes died at their statements');
  },
};

/** @returns whether the request has that many statements */
async function dieAt(trial: Trial, honest: Honest, name: string, prepare: Preparation, at: number): Promise<boolean> {
  const { house } = trial;
  for (const when of ['before', 'after'] satisfies Failpoint['when'][]) {
    const { send, keep, ...expected } = await prepare();
    FAILPOINTS.arm(house.failpoint, { at, when });
    const settled = await honest.insist(name, send, expected);
    const wasReached = !FAILPOINTS.disarm(house.failpoint);
    if (wasReached) trial.fault(`death ${when} a statement`);
    await house.everybodyIsBack();
    // It may be back before the bus knows: a clean try of the next artifact is not to meet that.
    if (settled.answer) keep?.(settled.answer);
    else if (!settled.verdict) honest.wrong(name, `never answered after a death ${when} statement ${at}`);
    if (!wasReached) return false;
  }
  return true;
}

async function actsOf({ house, load }: Trial): Promise<Record<string, Preparation>> {
  const [strict, web] = [house.app(STRICT), house.app('web')];
  const [games, till] = [new Device(house.app('console')), new Till(house.app('till'))];
  const shopper = SHOPPERS[0] as Someone;
  const person = new Person(house.publicUrl);
  const approvers = APPROVERS.map((someone) => {
    const approver = new Approver({ id: ENVIRONMENT }, new Person(house.publicUrl), house.publicUrl, someone);
    return { someone, approver };
  });
  // Somebody else each time: what a death leaves open fills what each may have.
  let turn = 0;
  const next = () => approvers[turn++ % approvers.length] as (typeof approvers)[0];
  const again = <T>(make: () => Promise<T | undefined>) => insisting(make);
  const code = (app = web) => again(async () => (await app.signIn(person, shopper)).params()['code']);
  const tokens = (app = web) => again(async () => tokensOf(await app.redeem(await code(app))));
  const started = () => again(async () => json<Started>(await games.request()));
  const keeping = (clientId: string) => (answer: Answer) =>
    load.ledger.received(...heldBy(clientId, answer.json<Tokens>()));
  await code();
  return {
    'client credentials': async () => ({
      send: () => house.app('service').token({ grant_type: 'client_credentials' }),
      keep: keeping('service'),
    }),
    'code redemption': async () => {
      const one = await code(strict);
      return { send: () => strict.redeem(one), afterLoss: ['invalid_grant'], keep: keeping(STRICT) };
    },
    refresh: async () => {
      const { refresh_token } = await tokens();
      return { send: () => web.refresh(refresh_token), keep: keeping('web') };
    },
    'refresh without grace': async () => {
      const { refresh_token } = await tokens(strict);
      return { send: () => strict.refresh(refresh_token), afterLoss: ['invalid_grant'], keep: keeping(STRICT) };
    },
    revocation: async () => {
      const given = await tokens();
      const family = heldBy('web', given);
      return { send: () => giveBack(web, given.refresh_token), keep: () => load.ledger.revoked(...family) };
    },
    push: async () => ({ send: () => push(web), served: ({ status }) => status === 201 }),
    authorize: async () => ({
      send: () => person.get(web.authorizeUrl({ prompt: 'none' })),
      served: ({ location }) => /[?&]code=/.test(location ?? ''),
    }),
    'device start': async () => ({ send: () => games.request() }),
    'device poll': async () => {
      const one = await started();
      await again(
        async () => (await answerDevice(person, await enterCode(person, one, shopper))).status === 200 || undefined,
      );
      return { send: () => games.poll(one), afterLoss: ['invalid_grant'], keep: keeping('console') };
    },
    'CIBA start': async () => ({
      send: () => till.request({ login_hint: next().someone.username, requested_expiry: '60' }),
    }),
    'CIBA poll': async () => {
      const one = await again(async () => {
        const { someone, approver } = next();
        const asked = json<Asked>(await till.request({ login_hint: someone.username, requested_expiry: '60' }));
        return asked && approver.answer(asked);
      });
      return { send: () => till.poll(one), afterLoss: ['invalid_grant'], keep: keeping('till') };
    },
  };
}

/** Until it works: what prepares an act is not what is looked at. */
async function insisting<T>(make: () => Promise<T | undefined>): Promise<T> {
  let trouble: unknown;
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      const made = await make();
      if (made !== undefined) return made;
    } catch (error) {
      trouble = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`could not be prepared: ${trouble}`);
}

function tokensOf(answer: Answer): Tokens | undefined {
  return answer.status === 200 ? answer.json<Tokens>() : undefined;
}

function json<T>(answer: Answer): T | undefined {
  return answer.status === 200 ? answer.json<T>() : undefined;
}
