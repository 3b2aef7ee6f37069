import { Equals, IsBoolean, IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import type { GrantOptions, MetadataAdditions, RemoteSpend } from '../grant.decorator.js';
import { REMOTE_SPENDS } from '../grant.decorator.js';
import { paramRules } from '../params.js';
import { IsListOf, IsPlain, isPlain, isTame, isText, Malformed, MayMiss, shape } from './shape.js';
import { CONTRACT, SLUG } from './subjects.js';

const MOST_PARAMS = 32;
const MOST_ADDITIONS = 32;
const LARGEST = 16_384;

/** House rule: what proves the client is the pipeline's, and no other process ever sees it. */
const CREDENTIALS = new Set(['client_secret', 'client_assertion', 'client_assertion_type']);
const NAME = /^(?!(?:constructor|prototype)$)[a-z][a-z0-9_]{0,63}$/;
/** What discovery says of the server itself, or could one day; no grant says it for us. */
const OURS =
  /^(?:issuer|jwks|service_documentation|signed_metadata|mtls_|dpop_|op_|ui_locales|check_session|(?:authorization|token|userinfo|introspection|revocation|registration|end_session|pushed_authorization_request|authorization_response|require_pushed|require_signed|require_request|request|request_uri|request_object|response|grant|subject|id_token|code_challenge|prompt|acr|claims|claim|display|scopes|frontchannel|tls_client)_)/;
/** What our own grants say of themselves, by the slug that may. */
const HOME_PREFIX: Readonly<Record<string, string>> = { 'device-code': 'device_authorization_', ciba: 'backchannel_' };
/** Below the issuer: no scheme, no host, no query, no way up. */
const PATH = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}){1,8}$/;

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

class Additions {
  @MayMiss()
  @IsPlain()
  readonly paths?: Readonly<Record<string, string>>;

  @MayMiss()
  @IsPlain()
  readonly values?: Readonly<Record<string, boolean | string | readonly string[]>>;
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

function checkAdditions(metadata: unknown, slug: string): void {
  const { paths = {}, values = {} } = shape(Additions, metadata, 'manifest.metadata');
  const names = [...Object.keys(paths), ...Object.keys(values)];
  // House rule: an address is always ours, so it is a path; as a value it could be anybody's.
  const isGood =
    names.length <= MOST_ADDITIONS &&
    new Set(names).size === names.length &&
    names.every((name) => NAME.test(name) && !OURS.test(name) && !isOfAnother(name, slug)) &&
    Object.values(paths).every((path) => typeof path === 'string' && PATH.test(path)) &&
    Object.keys(values).every((name) => !/(?:_endpoint|_uri)$/.test(name)) &&
    Object.values(values).every(isCapability) &&
    !Object.values(values)
      .flat()
      .some((value) => typeof value === 'string' && /^[a-z][a-z0-9+.-]*:\/\//i.test(value));
  if (!isGood) throw new Malformed('manifest.metadata');
}

function isOfAnother(name: string, slug: string): boolean {
  return Object.entries(HOME_PREFIX).some(([home, prefix]) => home !== slug && name.startsWith(prefix));
}

function isCapability(value: unknown): boolean {
  if (typeof value === 'boolean') return true;
  return Array.isArray(value) ? value.length <= 50 && value.every(isText(256)) : isText(256)(value);
}

/**
 * What a grant class announces.
 * @throws Error when it cannot be announced: no slug, or a rule of the contract broken
 */
export function manifestOf(options: GrantOptions<object>): Manifest {
  const { type, clients, slug, spends, metadata } = options;
  if (slug === undefined) throw new Error(`the grant ${type} has no slug, so it cannot be served from here`);
  return readManifest({
    ...{ contract: CONTRACT, slug, type, clients, params: paramRules(options.params) },
    ...(spends !== undefined && { spends }),
    ...(metadata !== undefined && { metadata }),
  });
}
