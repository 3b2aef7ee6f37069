import type { ParamRule } from '../../../params.js';
import { BrokenIssuance, checkIssuance } from '../../../rules/issuance-rules.js';
import { REPEATABLE } from '../../memory-endpoint.js';
import { brokenText, type Decided, isGrant, requireOrderly, requireRefused, told } from '../outcome.js';
import type { Row } from '../row.js';
import type { Scene, Stage } from '../stage.js';
import { NotApplicable, Seen } from '../verdicts.js';

const NO_PARAMS = 'it declares no parameters of its own';

export const LEFT_OUT_PARAMS: Row = {
  id: 'missing-params',
  name: 'bears each parameter missing or empty',
  spec: 'RFC 6749 §3.2, X2',
  why: 'clients forget parameters every day; each time would be an error in our log and a 503 to them.',
  fix: 'declare it with @Param() if the grant needs it; else handle `undefined` for what is @OptionalParam().',
  async prove(stage) {
    for (const { name, required } of paramsOf(stage)) {
      for (const [how, value] of [
        ['missing', undefined],
        ['empty', ''],
      ] as const) {
        const outcome = await (await stage.open()).decide({ form: { [name]: value } });
        requireLawful(stage, outcome, `${name} ${how}`);
        if (required) requireRefused(outcome, `${name} ${how}`);
      }
    }
  },
};

export const OVERSIZE_PARAMS: Row = {
  id: 'oversize-params',
  name: 'is never given more than it declared',
  spec: 'AZ-18, TX-05',
  why: 'an endless value reaches a database, a log or a regular expression of the grant.',
  fix: 'declare the longest good value with @Param({ max }); a longer one is refused before the grant is asked.',
  async prove(stage) {
    for (const { name, max } of paramsOf(stage)) {
      const scene = await stage.open();
      requireRefused(await scene.decide({ form: { [name]: 'x'.repeat(max + 1) } }), `${name} of ${max + 1} characters`);
      requireUnasked(scene, `${name} of ${max + 1} characters`);
    }
  },
};

export const REPEATED_PARAMS: Row = {
  id: 'repeated-params',
  name: 'is never given a parameter twice',
  spec: 'RFC 6749 §3.2, AZ-06',
  why: 'two readers of one request that each take another value are how checks are got around.',
  fix: 'take `resource`, `audience`, `scope` from the request itself; do not declare them as parameters.',
  async prove(stage) {
    for (const { name } of paramsOf(stage)) {
      const isPipelines = name === 'scope' || REPEATABLE.some((repeatable) => repeatable === name);
      if (isPipelines) throw new Seen(`it declares ${name}, which the token service reads itself`);
      const scene = await stage.open();
      const value = scene.prepared.params[name] ?? 'x';
      requireRefused(await scene.decide({ form: { [name]: [value, value] } }), `${name} sent twice`);
      requireUnasked(scene, `${name} sent twice`);
    }
  },
};

/** What a client could send on purpose or through a bug, each in place of a good value. */
const ODD: readonly (readonly [what: string, value: string])[] = [
  ['a NUL', 'a\0b'],
  ['control characters', '\x07\x1b[2J\r\nSet-Cookie: a=b'],
  ['a lone surrogate', '\ud800'],
  ['letters that turn the line around', '\u202eabc\u200b\ufeff'],
  ['letters beyond the usual plane', '𝔤𝔯𝔞𝔫𝔱 👩‍👩‍👧‍👦 é'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['toString', 'toString'],
  ['JSON with __proto__', '{"__proto__":{"polluted":true}}'],
  ['an end of SQL', `' OR 1=1 --`],
  ['a way up', '../../../etc/passwd'],
  ['a broken escape', '%00%zz'],
  ['a space', ' '],
  ['a negative number', '-1'],
  ['a huge number', '9'.repeat(400)],
  ['not a number', 'NaN'],
  ['null', 'null'],
  ['the name of a claim', 'sub'],
  ['dots', '...'],
];

export const ODD_PARAMS: Row = {
  id: 'odd-params',
  name: 'bears whatever text a parameter holds',
  spec: 'HT-01, TX-05',
  why: 'anybody can send it, so anybody could fill our log with errors, or reach what reads it next.',
  fix: 'check the shape first, refuse with invalid_request or invalid_grant, and look names up in a Map.',
  async prove(stage) {
    for (const { name, max } of paramsOf(stage)) {
      for (const [what, value] of [...ODD, ['as much as it declared', 'x'.repeat(max)] as const]) {
        const outcome = await (await stage.open()).decide({ form: { [name]: value.slice(0, max) } });
        requireLawful(stage, outcome, `${name} holding ${what}`);
      }
    }
    if (Reflect.get({}, 'polluted') !== undefined) throw new Seen('every object of the process now has a new field');
    await requireBlind(stage);
  },
};

/** TX-01: what it did not declare never reaches it, whatever its name. */
async function requireBlind(stage: Stage): Promise<void> {
  const scene = await stage.open();
  const strangers = JSON.parse('{"__proto__":"x","constructor":"x","kit_unknown":"x"}');
  const outcome = await scene.decide({ form: strangers });
  if (!isGrant(outcome)) throw new Seen(`with parameters nobody declared beside the good ones, ${told(outcome)}`);
}

export const ALTERED_PARAMS: Row = {
  id: 'altered-params',
  name: 'refuses what was altered or made up',
  spec: 'CO-11',
  why: 'whatever the grant does not look at, anybody may make up: a token for the asking.',
  fix: 'look up or verify what is presented, and throw OAuthError("invalid_grant") where it is not known.',
  async prove(stage) {
    const { required } = stage;
    if (required.length === 0) throw new NotApplicable('nothing is presented to it');
    for (const { name } of required) {
      const scene = await stage.open();
      const outcome = await scene.decide({ form: { [name]: altered(scene.prepared.params[name] ?? '') } });
      requireOrderly(outcome, `${name} altered`);
      // One that matters is enough: another may be free text.
      if (outcome.kind === 'refused') return;
    }
    throw new Seen(`it was granted with each of ${required.map(({ name }) => name).join(', ')} altered`);
  },
};

/** One character in the middle is another one of its kind. */
export function altered(value: string): string {
  const at = Math.floor(value.length / 2);
  const [char = ''] = value.slice(at);
  const other = /\d/.test(char) ? String((Number(char) + 1) % 10) : char === 'a' ? 'b' : 'a';
  return `${value.slice(0, at)}${other}${value.slice(at + 1)}`;
}

/** @throws NotApplicable where there are none */
export function paramsOf({ rules }: Stage): readonly ParamRule[] {
  if (rules.length === 0) throw new NotApplicable(NO_PARAMS);
  return rules;
}

function requireUnasked({ seen }: Scene, when: string): void {
  if (seen.asked.length > 0) throw new Seen(`${when}: it was asked all the same`);
}

/** Refused in order, or a decision that keeps the rules. */
function requireLawful(stage: Stage, outcome: Decided, when: string): void {
  requireOrderly(outcome, when);
  if (outcome.kind !== 'got') return;
  const { asking, issuance } = outcome.got;
  const { client, catalog } = asking;
  try {
    checkIssuance(issuance, { client, catalog, type: stage.declared.type, remote: stage.overTheWire });
  } catch (error) {
    if (!(error instanceof BrokenIssuance)) throw error;
    if (!stage.isKnown(error)) throw new Seen(`${when}: ${brokenText(error)}`);
  }
}
