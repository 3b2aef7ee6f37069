/** Who there is in every contender, the same everywhere, so that all are sent the same requests. */

/** How many connections a load has at most; each has a client, a person and a device of its own. */
export const MOST_CONNECTIONS = 32;

/** An application, and what it sends as HTTP Basic. */
export interface BenchClient {
  readonly id: string;
  readonly secret: string;
}

const secret = 'a-secret-of-some-length-0123456789';

/** Asks for itself, with one of SCOPES; introspects too. */
export const MACHINE: BenchClient = { id: 'machine', secret };

/** Has a server behind it and signs people on; PKCE S256, rotation of refresh tokens, ID tokens signed with ES256. */
export const WEB = {
  redirectUri: 'https://rp.example/callback',
  scope: 'openid offline_access orders:read',
} as const;

export const web = (n: number): BenchClient => ({ id: `web-${n}`, secret });

/** Polls for a person that never comes (RFC 8628). */
export const television = (n: number): BenchClient => ({ id: `television-${n}`, secret });

/** The scope says of which API a token is for, and so what it looks like. */
export const SCOPES = {
  /** A JWT signed with ES256. */
  es256: 'orders:read',
  /** A JWT signed with RS256, 2048 bits. */
  rs256: 'invoices:read',
  /** Not a JWT: it is stored, and introspected. */
  opaque: 'parcels:read',
} as const;

/** `aud` of the tokens for each scope. */
export const AUDIENCES: Readonly<Record<string, string>> = {
  'orders:read': 'https://api.example/orders',
  'invoices:read': 'https://api.example/invoices',
  'parcels:read': 'https://api.example/parcels',
};

/** Somebody who signs on. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly password: string;
}

export const person = (n: number): Person => ({
  ...{ id: `person-id-${n}`, username: `person-${n}`, password: 'correct horse battery' },
});

/**
 * People's hashes are argon2id with the least work there is (8 KiB, one pass), in `@node-rs/argon2`'s words: what hashing costs is
 * measured apart, so that a sign-in shows what the server itself costs.
 */
export const LEAST_HASHING = { memoryCost: 8, timeCost: 1, parallelism: 1 } as const;

/** 0, 1, 2 … of every numbered one. */
export const everyNumber: readonly number[] = Array.from({ length: MOST_CONNECTIONS }, (_, n) => n);
