import type { World } from '../cases.js';
import { isGrant, requireOrderly, requireRefused, told } from '../outcome.js';
import type { Row } from '../row.js';
import type { Stage } from '../stage.js';
import { NotApplicable, Seen } from '../verdicts.js';

export const DEAD_SUBJECT: Row = {
  id: 'dead-subject',
  name: 'gives nothing for a user who is locked or gone',
  spec: 'X14, CO-13',
  why: 'somebody who was let go, or whose account was stolen, goes on getting tokens.',
  fix: 'name the user the artifact is about and nobody in their place; the token service looks whether they stand.',
  async prove(stage) {
    const { issuance } = await stage.decideGood();
    if (issuance.authorization.subject.kind !== 'user') throw new NotApplicable('its subject is no user');
    for (const [what, end] of ENDS) {
      const before = await stage.open();
      end(before.world);
      requireNone(await before.redeem(), `with the user ${what}`);
      const between = await stage.open();
      requireNone(await between.redeem({}, end), `with the user ${what} after it had decided`);
    }
  },
};

const ENDS: readonly (readonly [string, (world: World) => void])[] = [
  ['locked', ({ users, user }) => users.lock(user)],
  ['deleted', ({ users, user }) => users.delete(user)],
];

function requireNone(outcome: Awaited<ReturnType<Awaited<ReturnType<Stage['open']>>['redeem']>>, when: string): void {
  if (outcome.kind === 'got') {
    const { kind, id } = outcome.got.issuance.authorization.subject;
    throw new Seen(`${when}, it granted a token of the ${kind} “${id}”`);
  }
  requireOrderly(outcome, when);
}

export const REPLAY: Row = {
  id: 'replay',
  name: 'is good for as many tokens as its author says',
  spec: 'CO-01, design §4.2',
  why: 'an artifact that was used is found in logs and histories; used again, it is in the hands of a thief.',
  fix: 'return `spend: { once: { id, until } }` with `spends: "once"` in @Grant; or say `singleUse: false` in the cases.',
  async prove(stage) {
    const { redeem, uses, answered } = await stage.redeemGood();
    const isSingle = singleUse(stage, answered.issuance.spend !== undefined);
    for (const seconds of [0, 60]) {
      uses.elapse(seconds);
      const again = await redeem();
      const when = `the same request again${seconds ? ' a minute later' : ' at once'}`;
      if (isSingle) requireRefused(again, when);
      else if (!isGrant(again)) throw new Seen(`${when}: ${told(again)}, though \`singleUse\` is false`, SAY_SINGLE);
    }
  },
};

export const RACE: Row = {
  id: 'race',
  name: 'gives one token to twenty requests at once',
  spec: 'CO-02, DV-04',
  why: 'whoever sends a stolen artifact quickly enough would get a token beside its owner.',
  fix: 'return `spend: { once: { id, until } }`: the token service lets one through. A check in `handle` comes too early.',
  async prove(stage) {
    const { answered } = await stage.redeemGood();
    if (!singleUse(stage, answered.issuance.spend !== undefined)) throw new NotApplicable('it may be used again');
    const { redeem } = await stage.open();
    const outcomes = await Promise.all(Array.from({ length: TOGETHER }, () => redeem()));
    for (const outcome of outcomes) requireOrderly(outcome, `of ${TOGETHER} requests at once, one`);
    const granted = outcomes.filter(({ kind }) => kind === 'got').length;
    if (granted !== 1) throw new Seen(`of ${TOGETHER} requests at once, ${granted} were granted`);
  },
};

const SAY_SINGLE = 'say `singleUse: true` in the cases, if it is meant to be good once.';

const TOGETHER = 20;

function singleUse({ cases, required }: Stage, spends: boolean): boolean {
  if (cases.singleUse !== undefined) return cases.singleUse;
  if (spends) return true;
  throw new NotApplicable(
    required.length === 0
      ? 'nothing is presented to it'
      : 'the cases do not say whether it may be used again (singleUse)',
  );
}
