import { LIMIT_TIME, told } from '../outcome.js';
import type { Row } from '../row.js';
import type { Stage } from '../stage.js';
import { NotApplicable, Seen } from '../verdicts.js';

export const ANSWERS_IN_TIME: Row = {
  id: 'in-time',
  name: 'answers before its caller has gone',
  spec: 'design §5',
  why: 'whoever waits for an answer that does not come is told 503, and so is everybody after them.',
  fix: LIMIT_TIME,
  async prove(stage) {
    const outcome = await (await stage.open()).decide();
    if (outcome.kind === 'silent') throw new Seen(`to the good request, ${told(outcome)}`);
  },
};

export const GRANTS_WHEN_GOOD: Row = {
  id: 'good',
  name: 'grants a good request',
  spec: 'RFC 6749 §5.1',
  why: 'the other rows prove refusals, which say nothing of a grant that refuses everything.',
  fix: 'correct the grant, or `good` of the cases: is what it prepares for this client, user and environment?',
  async prove(stage) {
    const outcome = await (await stage.open()).decide();
    if (outcome.kind === 'got' || outcome.kind === 'broken') return;
    const said = outcome.kind === 'refused' ? ` (${outcome.error.message})` : '';
    throw new Seen(`to the good request, ${told(outcome)}${said}`);
  },
};

export const CROSSES_THE_WIRE: Row = {
  id: 'wire',
  name: 'says nothing the contract cannot carry',
  spec: 'design §5',
  why: 'the token service refuses the whole answer (503), or reads something else than was meant.',
  fix: 'return the fields of Issuance alone, and claims of plain JSON: text, numbers, lists, objects; dates as text.',
  async prove(stage) {
    if (!stage.overTheWire) throw new NotApplicable('it runs inside the token service alone');
    const scene = await stage.open();
    const outcome = await scene.decide();
    if (outcome.kind !== 'got') {
      const isSpend = outcome.kind === 'broken' && outcome.error.message.startsWith('issuance.spend');
      throw new Seen(`to the good request, ${told(outcome)}`, isSpend ? NAME_SPEND : undefined);
    }
    const stranger = unlikeJson(scene.seen.decided[0]?.claims, 'claims');
    if (stranger !== undefined) throw new Seen(`${stranger}, which is something else on the other side`);
  },
};

const NAME_SPEND =
  'say in @Grant what it spends (`spends: "once"`), and return that kind: `{ once: { id, until } }`, an id of 1–255 characters.';

/** Where a value is nothing JSON keeps as it is, or undefined. */
function unlikeJson(value: unknown, place: string): string | undefined {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean')
    return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${place} is ${value}`;
  if (typeof value !== 'object') return `${place} is a ${typeof value}`;
  const { constructor: kind = Object } = value;
  if (kind !== Object && kind !== Array) return `${place} is a ${kind.name}`;
  for (const [name, entry] of Object.entries(value)) {
    const found = unlikeJson(entry, `${place}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const DECIDES_ONLY: Row = {
  id: 'decides-only',
  name: 'decides, and spends nothing itself',
  spec: 'design §4.2, CO-12',
  why: 'a later check may still refuse the token; the person would have to start again for a typo of the client.',
  fix: 'only read in `handle`; name what is used up in `spend: { once: { id, until } }`, and the token service spends it.',
  async prove(stage) {
    const { issuance, decide } = await stage.decideGood();
    const again = await decide();
    if (again.kind !== 'got') throw new Seen(`asked again before anything was spent, ${told(again)}`);
    const [first, second] = [issuance, again.got.issuance].map(({ authorization, spend }) => {
      const { subject, scope, resources } = authorization;
      // When it ends, may be reckoned from now.
      const artifact = spend && 'once' in spend ? spend.once.id : spend;
      return JSON.stringify([subject, scope, resources, artifact]);
    });
    if (first !== second) throw new Seen('asked again before anything was spent, it decided something else');
  },
};

export const OUTAGE_IS_NO_VERDICT: Row = {
  id: 'outage',
  name: 'throws when what it depends on is away',
  spec: 'design §3, I4',
  why: 'a client that is told a verdict gives up and throws its artifact away; told 503, it comes again.',
  fix: 'let the error out as it is, without catching it; an OAuthError is only for what the request got wrong.',
  async prove(stage) {
    const takers = await takersOf(stage);
    for (const [what, take] of takers) {
      const outcome = await (await stage.open(undefined, take)).decide();
      const isVerdict = outcome.kind === 'refused' && outcome.error.code !== 'temporarily_unavailable';
      // With everything gone there is nothing left to grant by; with one thing gone there may be.
      const isOpen = outcome.kind === 'got' && stage.cases.broken !== undefined;
      if (isVerdict || isOpen || outcome.kind === 'silent') throw new Seen(`while ${what} was away, ${told(outcome)}`);
    }
  },
};

type Take = NonNullable<Parameters<Stage['open']>[1]>;

/** Each way to take away what the grant depends on. */
async function takersOf(stage: Stage): Promise<(readonly [string, Take])[]> {
  const { broken } = stage.cases;
  if (broken) return [['everything behind it', (_provided, world) => broken(world)]];
  const { prepared } = await stage.open();
  const provided = [...(prepared.provide ?? [])];
  if (provided.length === 0) throw new NotApplicable('its constructor is given nothing that could fail');
  return provided.map(([token], at) => [
    typeof token === 'function' ? token.name : String(token),
    (given) => [...given].map(([name, value], place) => [name, place === at ? away(value) : value] as const),
  ]);
}

/** The same thing, all of whose methods throw. */
function away(value: unknown): unknown {
  const fail = () => {
    throw new Error('taken away by proveGrant');
  };
  if (typeof value === 'function') return fail;
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get: (target, name) => {
      const found = Reflect.get(target, name, target);
      return typeof found === 'function' ? fail : found;
    },
  });
}
