import {
  AccountPolicy,
  DEFAULT_KEY_TIMES,
  DEFAULT_LIFETIMES,
  Lifetimes,
  OutboundPolicy,
  SHORTEST_ANNOUNCEMENT,
  SigningPolicy,
  UserCodeFormat,
} from '@grantway/domain';
import { GrantType } from '@grantway/protocol';
import { map } from '../shape/collections.js';
import { oneOf, seconds, text, whole, yesOrNo } from '../shape/scalars.js';
import { Key } from '../shape/shape.js';
import { didYouMean } from '../suggestion.js';
import { webAddress } from './names.js';

const GRANT_TYPES: readonly string[] = Object.values(GrantType);

/** RFC 6749 §4.5: a grant that no specification gave a short name is an absolute URI. */
export const grantType = text(
  `one of ${GRANT_TYPES.map((type) => `\`${type}\``).join(', ')}, or a team's own absolute URI`,
  (value) => {
    if (GRANT_TYPES.includes(value)) return undefined;
    if (value.length <= 256 && /^[a-z][a-z0-9+.-]*:[\x21\x23-\x7e]+$/i.test(value)) return undefined;
    return `is not one of ${GRANT_TYPES.join(', ')}, nor the absolute URI of a team's own grant${didYouMean(value, GRANT_TYPES)}`;
  },
);

const FOREVER = 2_147_483_647;
const MONTH = 2_592_000;

/** Every lifetime with its range; the defaults are the domain's. */
const RANGES: { readonly [K in keyof Lifetimes]: readonly [least: number, most: number, meaning: string] } = {
  code: [1, 600, 'How long an authorization code lives.'],
  accessToken: [60, 86_400, 'How long an access token lives, unless client or resource say otherwise.'],
  idToken: [60, 86_400, 'How long an ID token lives.'],
  refreshIdle: [60, FOREVER, 'When a refresh token dies that is not used.'],
  refreshAbsolute: [60, FOREVER, 'When a token family dies, however busy.'],
  refreshGrace: [0, 86_400, 'How long a rotated refresh token is still answered, with the same successor.'],
  flow: [60, 3_600, 'How long a person may take for one step of signing on.'],
  sessionIdle: [60, FOREVER, 'When a session ends that is not used.'],
  sessionAbsolute: [60, FOREVER, 'When a session ends, however busy.'],
  par: [1, 600, 'How long a pushed request waits, unless the client says otherwise.'],
  deviceCode: [1, 3_600, 'How long a device waits for its user, unless the client says otherwise.'],
  deviceInterval: [1, 60, 'The least time between two polls of a device, unless the client says otherwise.'],
  backchannel: [1, 3_600, 'How long a backchannel request waits for its user.'],
  backchannelMost: [1, 3_600, 'The most a client may ask for with `requested_expiry`.'],
  backchannelInterval: [1, 60, 'The least time between two polls of a backchannel request.'],
  oneTimeCode: [60, 3_600, 'How long recovery and verification codes live.'],
};

const LIFETIME_KEYS = Object.fromEntries(
  Object.entries(RANGES).map(([name, [least, most, meaning]]) => [
    name,
    { shape: seconds(least, most), meaning, otherwise: String(DEFAULT_LIFETIMES[name as keyof Lifetimes]) },
  ]),
) as { [K in keyof Lifetimes]: Key<number> };

export const lifetimes = map<Partial<Lifetimes>>('a map of lifetimes', LIFETIME_KEYS);

export const algorithm = oneOf(['ES256', 'RS256'] as const);

export const signing = map<Partial<SigningPolicy>>('a map of algorithms and key times', {
  idToken: {
    shape: algorithm,
    meaning: 'ID tokens; OpenID Connect wants RS256 unless you know better.',
    otherwise: '`RS256`',
  },
  accessToken: { shape: algorithm, meaning: 'Access tokens.', otherwise: '`ES256`' },
  rotateEvery: {
    shape: seconds(0, FOREVER),
    meaning: 'How long a key signs before the next one follows it; `0`: only when told to.',
    otherwise: String(DEFAULT_KEY_TIMES.rotateEvery),
  },
  announceFor: {
    shape: seconds(SHORTEST_ANNOUNCEMENT, MONTH),
    meaning:
      'How long a new key is published before it signs: longer than anybody who verifies tokens caches the key set.',
    otherwise: String(DEFAULT_KEY_TIMES.announceFor),
  },
});

export const outbound = map<Partial<OutboundPolicy>>('a map of rules for outgoing calls', {
  privateAddresses: {
    shape: yesOrNo(),
    meaning: 'Addresses that clients name may be http, loopback or private: for development and closed networks.',
    otherwise: '`false`',
  },
});

export const userCodeFormat = map<Partial<UserCodeFormat>>('a map of rules for user codes', {
  characters: {
    shape: oneOf(['consonants', 'letters', 'digits'] as const),
    meaning: '20 consonants that nobody takes for another, 26 letters or 10 digits.',
    otherwise: '`consonants`',
  },
  length: { shape: whole('characters', 6, 12), meaning: 'Without the hyphen.', otherwise: '8' },
});

export const accounts = map<Partial<AccountPolicy>>('a map of what people may do about their account', {
  recovery: { shape: yesOrNo(), meaning: 'Set a new password with a code that is sent to them.', otherwise: '`false`' },
  registration: { shape: yesOrNo(), meaning: 'Make an account of their own.', otherwise: '`false`' },
  messagesUrl: {
    shape: webAddress,
    meaning: 'Where messages to people are posted as JSON, for a mail or text gateway to deliver.',
    otherwise: 'none; the two above need it',
  },
});
