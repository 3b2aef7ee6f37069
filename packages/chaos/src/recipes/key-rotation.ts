import { setTimeout as sleep } from 'node:timers/promises';
import { ask, eventually, request, type Tokens } from '@grantway/conformance';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { ENVIRONMENT } from '../house/environment.js';
import type { Honest } from '../load/honest.js';
import type { Recipe } from '../recipe.js';
import type { Trial } from '../trial.js';

/** Seconds a key is announced before it signs, and for which verifiers keep what they have read: less, by more than a busy machine is late. */
const ANNOUNCED_FOR = 30;
const CACHED_FOR = 20;
/** Seconds between two rotations, and between two tokens that are verified. */
const ROTATED_EVERY = 5;
const VERIFIED_EVERY = 0.05;

export const keyRotation: Recipe = {
  number: 19,
  title: `key rotation every ${ROTATED_EVERY} s; verifiers keep what they read for ${CACHED_FOR} s; an emergency removal`,
  underLoad: true,
  async run(trial) {
    const { house, load } = trial;
    // Shorter than an environment file may say: here, verifiers keep to what is written above.
    const announceFor = JSON.stringify({ announceFor: ANNOUNCED_FOR });
    await house.sql('UPDATE environment SET signing = signing || $1::jsonb', [announceFor]);
    const verifier = new Verifier(trial, load.honest('verifier'));
    const verifying = verifier.run();
    try {
      for (const hasTime = trial.lasts(75); hasTime(); await sleep(ROTATED_EVERY * 1_000)) {
        await house.admin(['keys', 'rotate', ENVIRONMENT]);
        trial.fault('grantway keys rotate');
      }
    } finally {
      verifier.stop();
      await verifying;
    }
    const { verified, failed, kids } = verifier;
    trial.claim(
      'I8',
      failed.length === 0,
      `${verified} tokens of ${kids.size} keys verified, ${failed.length} failed ${failed.slice(0, 2).join(' ')}`,
    );
    trial.claim('I8', kids.size > 1, `${kids.size - 1} rotations reached the signatures`);
  },
  afterwards: removeInAnEmergency,
};

/** An API that reads the keys, keeps them as long as it may, and asks nobody about a key that it does not know. */
class Verifier {
  verified = 0;
  readonly failed: string[] = [];
  readonly kids = new Set<string>();
  #isOver = false;
  #keys: { readonly set: ReturnType<typeof createLocalJWKSet>; readonly until: number } | undefined;

  constructor(
    private readonly trial: Trial,
    private readonly honest: Honest,
  ) {}

  stop(): void {
    this.#isOver = true;
  }

  async run(): Promise<void> {
    while (!this.#isOver) {
      // The keys first: a token that is newer than what is known of them is the case to look at.
      const keys = await this.#read();
      const token = keys && (await freshToken(this.trial, this.honest));
      if (keys && token) await this.#verify(token, keys);
      await sleep(VERIFIED_EVERY * 1_000);
    }
  }

  async #verify(token: string, keys: ReturnType<typeof createLocalJWKSet>): Promise<void> {
    this.kids.add(decodeProtectedHeader(token).kid ?? '');
    try {
      await jwtVerify(token, keys, { issuer: this.trial.house.app().issuer });
      this.verified += 1;
    } catch (error) {
      this.failed.push((error as Error).message);
    }
  }

  async #read(): Promise<ReturnType<typeof createLocalJWKSet> | undefined> {
    if (this.#keys && this.#keys.until > Date.now()) return this.#keys.set;
    const { answer } = await this.honest.insist('jwks', () => request(`${this.trial.house.app().issuer}/jwks`));
    if (!answer) return undefined;
    this.#keys = { set: createLocalJWKSet(answer.json<JSONWebKeySet>()), until: Date.now() + CACHED_FOR * 1_000 };
    return this.#keys.set;
  }
}

async function freshToken({ house }: Trial, honest: Honest): Promise<string | undefined> {
  const send = () => house.app('service').token({ grant_type: 'client_credentials' });
  return (await honest.insist('token', send)).answer?.json<Tokens>().access_token;
}

/** What a key signed that is removed is worth nothing from then on, on every replica. */
async function removeInAnEmergency(trial: Trial): Promise<void> {
  const { house, load } = trial;
  const token = await freshToken(trial, load.honest('verifier'));
  if (!token) throw new Error('no token to be made worthless');
  const { kid = '' } = decodeProtectedHeader(token);
  await house.admin(['keys', 'remove', ENVIRONMENT, kid, '--yes']);
  trial.fault('grantway keys remove');
  const from = Date.now();
  const askAll = () => Promise.all(Array.from({ length: 8 }, () => ask(house.app(), 'orders', token)));
  const answers = await eventually(askAll, (all) => all.every((answer) => answer.json()['active'] === false));
  const isRefused = answers.every((answer) => answer.json()['active'] === false);
  trial.claim(
    'I3',
    isRefused,
    `what a removed key signed is refused everywhere ${Date.now() - from} ms after the command`,
  );
}
