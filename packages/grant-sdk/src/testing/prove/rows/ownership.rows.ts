import { isGrant, requireRefused, told } from '../outcome.js';
import type { Row } from '../row.js';
import { NotApplicable, Seen } from '../verdicts.js';
import { altered, paramsOf } from './params.rows.js';

export const WRONG_CLIENT: Row = {
  id: 'wrong-client',
  name: 'refuses another client’s artifact, and leaves it alive',
  spec: 'CO-04',
  why: 'whoever reads an artifact from a log or a screen redeems it with a client of their own.',
  fix: 'keep the client with the artifact; where it is not client.id, throw invalid_grant as for an unknown one.',
  async prove(stage) {
    if (stage.required.length === 0) throw new NotApplicable('nothing is presented to it that could be stolen');
    const { decide, world } = await stage.open();
    const stolen = await decide({ client: world.other });
    requireRefused(stolen, `presented by client “${world.other.id}”`);
    const owners = await decide();
    if (!isGrant(owners)) {
      const fix = 'a stranger’s try must leave it as it was: only read in `handle`, whoever asks.';
      throw new Seen(`after another client had tried, its owner came and ${told(owners)}`, fix);
    }
  },
};

export const FOREIGN_ENVIRONMENT: Row = {
  id: 'foreign-environment',
  name: 'keeps environments apart',
  spec: 'MT-01, design §5',
  why: 'one environment’s people or artifacts open the doors of another, which is another company’s.',
  fix: 'look everything up by environment.id as well, and name nobody who does not live there.',
  async prove(stage) {
    const { decide, world } = await stage.open();
    const { foreign, client, environment, users } = world;
    const outcome = await decide({ environment: foreign, client: { ...client, environmentId: foreign.id } });
    if (outcome.kind !== 'got') return requireRefused(outcome, `in environment “${foreign.id}”`);
    const { subject } = outcome.got.issuance.authorization;
    const isItsOwn = subject.kind === 'client' || (await users.find(foreign.id, subject.id)) !== undefined;
    if (isItsOwn) return;
    throw new Seen(
      `in environment “${foreign.id}”, it granted a token of “${subject.id}”, who lives in “${environment.id}”`,
    );
  },
};

export const TELLS_NO_SECRETS: Row = {
  id: 'no-secrets',
  name: 'tells nothing it was sent',
  spec: 'HT-06',
  why: 'descriptions are shown and reasons are logged; whoever reads them could use what is in them.',
  fix: 'name the parameter in `description` and what was wrong in `reason`; never put a value into either.',
  async prove(stage) {
    for (const { name, max } of paramsOf(stage)) {
      const { decide, prepared, seen, world } = await stage.open();
      const value = prepared.params[name] ?? '';
      for (const sent of [altered(value), 'canary-8c1f5e7d'.slice(0, max)]) await decide({ form: { [name]: sent } });
      await decide({ client: world.other });
      for (const { error, params: sent } of seen.refusals) requireDiscreet(error.code, textOf(error), sent);
    }
  },
};

/** Plain words are of any sentence; what is tried beside the good value is none. */
const TELLING = /[^a-z_]/i;
const SHORTEST = 6;

function requireDiscreet(code: string, text: string, sent: object): void {
  for (const [name, value] of Object.entries(sent)) {
    if (typeof value !== 'string' || value.length < SHORTEST || !TELLING.test(value) || !text.includes(value)) continue;
    throw new Seen(`refusing with ${code}, it told the value of ${name}`);
  }
}

function textOf({ detail: { description = '', reason = '' } }: { detail: { description?: string; reason?: string } }) {
  return `${description}\n${reason}`;
}
