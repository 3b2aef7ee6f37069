import { ENVIRONMENT_ID, serviceAccountId } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { interpolatedText, TextRule, text } from '../shape/scalars.js';

/** First path segments that are not an issuer's. */
const RESERVED: ReadonlySet<string> = new Set(['playground', 'healthz', 'readyz', 'metrics', 'assets']);

/** Short texts that people see. */
export const displayName = text('a text of at most 64 characters', (value) =>
  value.length <= 64 ? undefined : 'is longer than 64 characters',
);

/** What something is for. */
export const description = text('a text of at most 200 characters', (value) =>
  value.length <= 200 ? undefined : 'is longer than 200 characters',
);

export const environmentId = text('an id of `a-z`, `0-9` and `-`, at most 64 characters', (value) =>
  RESERVED.has(value)
    ? 'is an address of the installation itself'
    : ENVIRONMENT_ID.test(value)
      ? undefined
      : 'is not an id: a-z, 0-9 and "-" (not first or last), at most 64 characters',
);

/** RFC 6749 appendix A.1, without what would be ambiguous in HTTP Basic. */
export const clientId = text(
  'an id of printable ASCII without space, colon or quotes, at most 128 characters',
  (value) =>
    /^[!#-&(-9;-[\]-~]{1,128}$/.test(value)
      ? undefined
      : 'is not a client id: printable ASCII without space, colon, quotes or backslash, at most 128',
);

export const scopeName = text('a scope token', (value) =>
  ScopeSet.isToken(value)
    ? undefined
    : 'is not a scope token (RFC 6749 §3.3): printable ASCII without space, " and \\, at most 128',
);

/** A stable `sub` of the operator's choosing. */
export const userId = text('an id of letters, digits, `-`, `_`, `.` and `:`, at most 64 characters', (value) => {
  if (!/^[A-Za-z0-9_.:-]{1,64}$/.test(value))
    return 'is not a user id: letters, digits, - _ . : and at most 64 of them';
  // TX-03: a token's `sub` must never be ambiguous.
  return serviceAccountId(value) === undefined ? undefined : 'is how service accounts are named, no user';
});

/** The end of its `sub`. */
export const serviceAccountName = text('an id of letters, digits, `-` and `_`, at most 64 characters', (value) =>
  /^[A-Za-z0-9_-]{1,64}$/.test(value) ? undefined : 'is not an id: letters, digits, - _ and at most 64 of them',
);

/** The last segment of an address that people may have to type. */
export const pathId = text('a path of letters, digits, `-` and `_`, at most 50 characters', (value) =>
  /^[A-Za-z0-9_-]{1,50}$/.test(value) ? undefined : 'is not a path id: letters, digits, - _ and at most 50 of them',
);

export const username = text('a name of at most 256 characters', (value) =>
  value.length <= 256 && value === value.trim() && !/\p{Cc}/u.test(value)
    ? undefined
    : 'has blanks around it, a control character or more than 256 characters',
);

/** RFC 8707 §2: absolute and without fragment. */
const isAudience: TextRule = (value) => {
  if (value.includes('#')) return 'has a fragment, which RFC 8707 §2 forbids';
  if (value.length > 512) return 'is longer than 512 characters';
  if (!/^[\x21\x24-\x3b\x3d\x3f-\x5b\x5d-\x7e]+$/.test(value)) return 'has a character that does not belong in a URI';
  return URL.canParse(value) ? undefined : 'is not an absolute URI (scheme:…); leave the key out to use the name';
};

export const audience = interpolatedText('an absolute URI without fragment', isAudience);

/** RFC 6454 §6.1: what a browser sends as `Origin`, to the letter. */
export const origin = interpolatedText('an origin, `https://app.example.com`', (value) =>
  /^https?:/.test(value) && value.length <= 256 && URL.canParse(value) && new URL(value).origin === value
    ? undefined
    : 'is not an origin: https://host or http://host in lower case, a port unless it is the usual one, and nothing behind it',
);

/** A name that can be an audience too, and then stands in `aud` and in a `resource` parameter. */
export const resourceName = text('a name of letters, digits and `-._:/`, at most 64 characters', (value) =>
  /^[A-Za-z0-9._:/-]{1,64}$/.test(value)
    ? undefined
    : 'is not a resource name: letters, digits, - . _ : / and at most 64 of them',
);

const isWebAddress: TextRule = (value) => {
  if (value.length > 2000) return 'is longer than 2000 characters';
  if (!/^https?:\/\/[^/]/i.test(value) || !URL.canParse(value)) return 'is not an absolute https URL';
  if (value.includes('#')) return 'has a fragment';
  const { username, password } = new URL(value);
  return username || password ? 'has user information' : undefined;
};

/** Whether http will do is for the checks to say. */
export const webAddress = interpolatedText('an https URL', isWebAddress);

/** The rules that need the client's flags are checked with the client. */
export const redirectUri = interpolatedText('a redirect URI');
