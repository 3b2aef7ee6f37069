import {
  type Answer,
  Approver,
  type Asked,
  answerDevice,
  assertionClaims,
  assertionForm,
  Device,
  enterCode,
  Person,
  postForm,
  push,
  pushedUrl,
  request,
  type Started,
  Till,
  type Tokens,
} from '@grantway/conformance';
import { APPROVERS, ENVIRONMENT, SHOPPERS, SIGNER, STRICT } from '../house/environment.js';
import type { House } from '../house/house.js';
import { fromSomewhere } from '../load/street.js';
import type { Recipe } from '../recipe.js';
import type { Trial } from '../trial.js';

/** Makes an artifact. @returns what each of the callers does with it */
type Artifact = () => Promise<() => Promise<Answer>>;

/** @param callers how many at a time; they share every gateway and every replica */
export const races = (callers = 100): Recipe => ({
  number: 1,
  title: `races: ${callers} callers for one artifact`,
  underLoad: false,
  async run(trial) {
    const { house } = trial;
    const artifacts = await artifactsOf(trial);
    const rounds: Record<string, number> = {};
    const wrong: string[] = [];
    const hasTime = trial.lasts(60);
    do {
      for (const [name, make] of Object.entries(artifacts)) {
        const use = await make();
        await warm(house, callers);
        const answers = await Promise.all(Array.from({ length: callers }, use));
        rounds[name] = (rounds[name] ?? 0) + 1;
        const verdict = judge(trial, name, answers);
        if (verdict) wrong.push(`${name}: ${verdict}`);
      }
    } while (hasTime());
    const total = Object.values(rounds).reduce((sum, count) => sum + count, 0);
    const each = Object.entries(rounds).map(([name, count]) => `${name} ${count}`);
    trial.claim(
      'I1',
      wrong.length === 0,
      `${total} rounds, one success in each (${each.join(', ')}) ${wrong.slice(0, 5).join(' | ')}`,
    );
  },
});

/** @returns what is wrong, or nothing: one success, and a verdict for everybody else */
function judge({ load }: Trial, name: string, answers: readonly Answer[]): string | undefined {
  const won = answers.filter((answer) => answer.status === 200 || /[?&]code=/.test(answer.location ?? ''));
  // 429 is about who asks, and says nothing of what was asked for.
  const lost = answers.filter((answer) => !won.includes(answer) && answer.status < 500 && answer.status !== 429);
  for (const answer of answers)
    load.outcomes.note('races', name, won.includes(answer) ? 'ok' : lost.includes(answer) ? 'verdict' : 'unavailable');
  if (won.length === 1 && lost.length === answers.length - 1) return undefined;
  const others = answers.filter((answer) => !won.includes(answer) && !lost.includes(answer));
  return `${won.length} successes, ${others.length} without a verdict (${others[0]?.status} ${others[0]?.text.slice(0, 100) ?? ''})`;
}

/** Connections are opened beforehand: what arrives late on a busy machine is a replay, and no race. */
async function warm({ publicUrl }: House, callers: number): Promise<void> {
  await Promise.all(Array.from({ length: callers }, () => request(`${publicUrl}/healthz`)));
}

async function artifactsOf({ house, random }: Trial): Promise<Record<string, Artifact>> {
  const [strict, games, till] = [house.app(STRICT), new Device(house.app('console')), new Till(house.app('till'))];
  const person = new Person(house.publicUrl);
  const [shopper, approving] = [SHOPPERS[0], APPROVERS[0]] as const;
  if (!shopper || !approving) throw new Error('nobody lives here');
  const approver = new Approver({ id: ENVIRONMENT }, new Person(house.publicUrl), house.publicUrl, approving);
  const code = async (): Promise<string> => {
    const { code } = (await strict.signIn(person, shopper)).params();
    if (!code) throw new Error('no code');
    return code;
  };
  return {
    code: async () => {
      const one = await code();
      return () => strict.redeem(one);
    },
    'refresh token': async () => {
      const { refresh_token } = (await strict.redeem(await code())).json<Tokens>();
      return () => strict.refresh(refresh_token);
    },
    'device code': async () => {
      const started = (await games.request()).json<Started>();
      await answerDevice(person, await enterCode(person, started, shopper));
      return () => games.poll(started);
    },
    auth_req_id: async () => {
      const asked = (await till.request({ login_hint: approving.username })).json<Asked>();
      await approver.answer(asked);
      return () => till.poll(asked);
    },
    request_uri: async () => {
      const { request_uri } = (await push(strict)).json<{ request_uri: string }>();
      return () => person.get(pushedUrl(strict, request_uri));
    },
    'client assertion': async () => {
      const form = assertionForm(house.signer.jwt(assertionClaims(SIGNER, strict.issuer)));
      const send = () => postForm(`${strict.issuer}/token`, { grant_type: 'client_credentials', ...form });
      // Refused ones are counted by address, as guesses of a secret are.
      return () => fromSomewhere(random, send);
    },
  };
}
