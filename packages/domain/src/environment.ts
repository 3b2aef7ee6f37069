/** An issuer of its own: keys, users, clients and limits that no other environment sees. */
export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Grant types switched on here; a client's own list can only be narrower. */
  readonly grantTypes: readonly string[];
  /** `required` makes PKCE compulsory for confidential clients too; public clients always need it. */
  readonly pkce: 'public' | 'required';
  readonly signing: SigningPolicy;
  readonly lifetimes: Lifetimes;
  /** House option: changing a password ends refresh tokens issued before (R9). */
  readonly passwordChangeEndsRefresh: boolean;
  /** `required` refuses authorization requests that were not pushed (RFC 9126 §5). */
  readonly par: 'optional' | 'required';
  readonly outbound: OutboundPolicy;
  readonly userCode: UserCodeFormat;
  readonly accounts: AccountPolicy;
}

/** Calls we make to addresses that clients and operators name. */
export interface OutboundPolicy {
  /** http, loopback and private addresses too: for development and for closed networks (DR-05). */
  readonly privateAddresses: boolean;
}

/** What a person types from a device's screen (RFC 8628 §6.1). */
export interface UserCodeFormat {
  /** 20 consonants without lookalikes, 26 letters, or 10 digits. */
  readonly characters: 'consonants' | 'letters' | 'digits';
  /** 6–12. */
  readonly length: number;
}

/** What people may do about their own account on the sign-on page. */
export interface AccountPolicy {
  readonly recovery: boolean;
  readonly registration: boolean;
  /** Where messages to people are posted as JSON, for a mail or text gateway to deliver; needed by the two above. */
  readonly messagesUrl?: string;
}

export const DEFAULT_ENVIRONMENT_POLICIES = {
  par: 'optional',
  outbound: { privateAddresses: false },
  userCode: { characters: 'consonants', length: 8 },
  accounts: { recovery: false, registration: false },
} as const satisfies Partial<Environment>;

export type SigningAlgorithm = 'ES256' | 'RS256';

export interface SigningPolicy {
  /** OIDC Core §2 wants RS256 by default. */
  readonly idToken: SigningAlgorithm;
  readonly accessToken: SigningAlgorithm;
  /** Seconds a key signs before the next one follows it; 0 is never by itself. `DEFAULT_KEY_TIMES` where it is absent. */
  readonly rotateEvery?: number;
  /** Seconds a key is published before it signs; absent as well. */
  readonly announceFor?: number;
}

/** All in seconds. */
export interface Lifetimes {
  readonly code: number;
  readonly accessToken: number;
  readonly idToken: number;
  /** Unused this long, a refresh token dies. */
  readonly refreshIdle: number;
  /** However busy, a token family dies at this age. */
  readonly refreshAbsolute: number;
  /** A rotated refresh token is answered this long with the same successor (0–86400). */
  readonly refreshGrace: number;
  /** A flow dies this long after its last step. */
  readonly flow: number;
  readonly sessionIdle: number;
  readonly sessionAbsolute: number;
  /** A pushed request waits this long for its authorization request. */
  readonly par: number;
  readonly deviceCode: number;
  /** Least time between two polls of a device. */
  readonly deviceInterval: number;
  readonly backchannel: number;
  /** The most a client may ask for with `requested_expiry`. */
  readonly backchannelMost: number;
  readonly backchannelInterval: number;
  /** Recovery and verification codes. */
  readonly oneTimeCode: number;
}

export const DEFAULT_LIFETIMES: Lifetimes = {
  code: 60,
  accessToken: 3600,
  idToken: 3600,
  refreshIdle: 2_592_000,
  refreshAbsolute: 15_552_000,
  refreshGrace: 10,
  flow: 900,
  sessionIdle: 28_800,
  sessionAbsolute: 86_400,
  par: 60,
  deviceCode: 600,
  deviceInterval: 5,
  backchannel: 300,
  backchannelMost: 600,
  backchannelInterval: 5,
  oneTimeCode: 300,
};

/** An environment id is one path segment of its issuer. */
export const ENVIRONMENT_ID = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** The issuer of an environment, from configuration alone and never from a request (MT-02). */
export function issuerOf(publicUrl: string, environmentId: string): string {
  return `${publicUrl}/${environmentId}/as`;
}

/** Cached reads, at most 30 s old and dropped at once when the configuration changes (design section 4.6). */
export abstract class Environments {
  abstract find(id: string): Promise<Environment | undefined>;
}
