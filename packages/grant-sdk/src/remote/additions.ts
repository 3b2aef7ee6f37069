import { IsPlain, isText, Malformed, MayMiss, shape } from './shape.js';

const MOST = 32;
const LONGEST = 256;
const MOST_TEXTS = 50;

/** Of parameters and of what a grant adds to discovery. */
export const NAME = /^(?!(?:constructor|prototype)$)[a-z][a-z0-9_]{0,63}$/;
/** What discovery says of the server itself, or could one day; no grant says it for us. */
const OURS =
  /^(?:issuer|jwks|service_documentation|signed_metadata|mtls_|dpop_|op_|ui_locales|check_session|(?:authorization|token|userinfo|introspection|revocation|registration|end_session|pushed_authorization_request|authorization_response|require_pushed|require_signed|require_request|request|request_uri|request_object|response|grant|subject|id_token|code_challenge|prompt|acr|claims|claim|display|scopes|frontchannel|tls_client)_)/;
/** What grants of ours say of themselves, where their specifications name it otherwise than their slug. */
const PREFIX: Readonly<Record<string, string>> = { 'device-code': 'device_authorization_', ciba: 'backchannel_' };
/** Below the issuer: no scheme, no host, no query, no way up. */
const PATH = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}){1,8}$/;

class Additions {
  @MayMiss()
  @IsPlain()
  readonly paths?: Readonly<Record<string, string>>;

  @MayMiss()
  @IsPlain()
  readonly values?: Readonly<Record<string, boolean | string | readonly string[]>>;
}

/**
 * @throws Malformed whose message names the key and the rule; its place names neither, for keys are whatever a stranger wrote
 */
export function checkAdditions(metadata: unknown, slug: string): void {
  const place = 'manifest.metadata';
  const { paths = {}, values = {} } = shape(Additions, metadata, place);
  const names = [...Object.keys(paths), ...Object.keys(values)];
  if (names.length > MOST) throw new Malformed(place, `at most ${MOST} names, and these are ${names.length}`);
  const refuse = (name: string, why: string) => new Malformed(place, `${JSON.stringify(name)} ${why}`);
  for (const name of names) {
    const why = nameFault(name, slug);
    if (why !== undefined) throw refuse(name, why);
    if (Object.hasOwn(paths, name) && Object.hasOwn(values, name)) throw refuse(name, 'is in both paths and values');
  }
  for (const [name, path] of Object.entries(paths)) {
    if (typeof path !== 'string' || !PATH.test(path)) throw refuse(name, 'must be a path below the issuer: /a or /a/b');
  }
  for (const [name, value] of Object.entries(values)) {
    const why = valueFault(name, value);
    if (why !== undefined) throw refuse(name, why);
  }
}

function nameFault(name: string, slug: string): string | undefined {
  // House rule: so that two grants never claim one name.
  const prefix = PREFIX[slug] ?? `${slug.replaceAll('-', '_')}_`;
  if (/^\d/.test(slug))
    return `cannot be: names begin with a letter and with the slug, and "${slug}" begins with a digit`;
  if (!name.startsWith(prefix)) return `must begin with ${prefix}`;
  if (!NAME.test(name)) return 'must be at most 64 of a-z, 0-9 and _';
  return OURS.test(name) ? 'is a name of the server itself' : undefined;
}

function valueFault(name: string, value: unknown): string | undefined {
  // House rule: an address is always ours, so it is a path; as a value it could be anybody's.
  const isAddress = [value].flat().some((text) => typeof text === 'string' && /^[a-z][a-z0-9+.-]*:\/\//i.test(text));
  if (isAddress || /(?:_endpoint|_uri)$/.test(name)) return 'is an address: those are paths below the issuer, in paths';
  if (isCapability(value)) return undefined;
  return `must be true, false, a text of at most ${LONGEST} characters or a list of at most ${MOST_TEXTS} of them`;
}

function isCapability(value: unknown): boolean {
  if (typeof value === 'boolean') return true;
  return Array.isArray(value) ? value.length <= MOST_TEXTS && value.every(isText(LONGEST)) : isText(LONGEST)(value);
}
