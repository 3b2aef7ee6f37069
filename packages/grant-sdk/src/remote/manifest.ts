import { GrantType } from '@grantway/protocol';
import { Equals, IsBoolean, IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import type { GrantOptions, MetadataAdditions, RemoteSpend } from '../grant.decorator.js';
import { REMOTE_SPENDS } from '../grant.decorator.js';
import { type ParamRule, paramRules } from '../params.js';
import { checkAdditions, NAME } from './additions.js';
import { homeOf } from './home.js';
import { IsListOf, IsPlain, isPlain, isTame, Malformed, MayMiss, shape } from './shape.js';
import { CONTRACT, SLUG } from './subjects.js';

const MOST_PARAMS = 32;
const LARGEST = 16_384;

/** House rule: what proves the client is the pipeline's, and no other process ever sees it. */
const CREDENTIALS = new Set(['client_secret', 'client_assertion', 'client_assertion_type']);

export class ManifestParam {
  @Matches(NAME)
  readonly name!: string;

  @IsBoolean()
  readonly required!: boolean;

  @IsInt()
  @Min(1)
  @Max(65_536)
  readonly max!: number;
}

/** What a grant says of itself to the token service: all of `@Grant`, in words that cross a wire. */
export class Manifest {
  @Equals(CONTRACT)
  readonly contract!: number;

  @Matches(SLUG)
  readonly slug!: string;

  /** RFC 6749 §8.3: a name or an absolute URI. */
  @Matches(/^[A-Za-z0-9][\x21\x23-\x5b\x5d-\x7e]{0,254}$/)
  readonly type!: string;

  @IsIn(['any', 'confidential'])
  readonly clients!: 'any' | 'confidential';

  @IsListOf(isPlain, MOST_PARAMS)
  readonly params!: readonly ManifestParam[];

  @MayMiss()
  @IsIn(REMOTE_SPENDS)
  readonly spends?: RemoteSpend;

  @MayMiss()
  @IsPlain()
  readonly metadata?: MetadataAdditions;
}

/** @throws Malformed */
export function readManifest(value: unknown): Manifest {
  if (!isTame(value, LARGEST, 6)) throw new Malformed('manifest');
  const manifest = shape(Manifest, value, 'manifest');
  const params = manifest.params.map((param, at) => shape(ManifestParam, param, `manifest.params.${at}`));
  const names = params.map(({ name }) => name);
  if (new Set(names).size < names.length || names.some((name) => CREDENTIALS.has(name))) {
    throw new Malformed('manifest.params');
  }
  if (manifest.metadata !== undefined) checkAdditions(manifest.metadata, manifest.slug);
  return manifest;
}

/** A grant that cannot be served from where it was started; the message is complete. */
export class UnservableGrant extends Error {
  override readonly name = 'UnservableGrant';
}

/** What stays with the token service: it names a client before that is known, or spends what no other process may. */
const STAYS: readonly string[] = [GrantType.AuthorizationCode, GrantType.RefreshToken, GrantType.JwtBearer];

/** Whether it may run outside the token service. */
export function isServable({ type }: Pick<GrantOptions<object>, 'type'>): boolean {
  return !STAYS.includes(type) && homeOf(type) !== undefined;
}

/**
 * What a grant class announces.
 * @throws UnservableGrant when its type makes no slug or another one, or stays with the token service
 * @throws Malformed when a rule of the contract is broken; its message says which, and by what
 */
export function manifestOf(options: GrantOptions<object>): Manifest {
  const { type, clients, spends, metadata } = options;
  if (STAYS.includes(type)) throw new UnservableGrant(`the grant ${type} runs in the token service alone`);
  const slug = homeOf(type);
  if (slug === undefined) throw new UnservableGrant(`the last segment of the grant type ${type} makes no slug`);
  if ((options.slug ?? slug) !== slug) throw new UnservableGrant(`the slug of the grant type ${type} must be ${slug}`);
  const params = paramRules(options.params);
  try {
    return readManifest({
      ...{ contract: CONTRACT, slug, type, clients, params },
      ...(spends !== undefined && { spends }),
      ...(metadata !== undefined && { metadata }),
    });
  } catch (error) {
    throw error instanceof Malformed ? explained(error, params) : error;
  }
}

/** What each part must be, for who wrote the grant. */
const RULES: Readonly<Record<string, string>> = {
  manifest: `must be JSON of at most ${LARGEST} characters`,
  type: 'must be a name or an absolute URI of at most 255 characters, without spaces, quotes and backslashes (RFC 6749 §8.3)',
  clients: "must be 'any' or 'confidential', for a grant outside of the token service",
  params: `at most ${MOST_PARAMS} names, each once, and none of ${[...CREDENTIALS].join(', ')}`,
  name: 'its name is of a-z, 0-9 and _, begins with a letter, and has at most 64 characters',
  max: 'its max is a whole number from 1 to 65536',
  metadata: 'has paths and values, and nothing else',
  spends: `must be one of ${REMOTE_SPENDS.join(', ')}`,
};

function explained(error: Malformed, params: readonly ParamRule[]): Malformed {
  if (!error.message.endsWith('is malformed')) return error;
  const [, at, part = 'manifest'] = /^manifest(?:\.params\.(\d+))?(?:\.(\w+))?/.exec(error.place) ?? [];
  const rule = RULES[part];
  if (rule === undefined) return error;
  return new Malformed(error.place, at === undefined ? rule : `${JSON.stringify(params[Number(at)]?.name)}: ${rule}`);
}
