/** A machine's identity with fixed rights (seeds 7.11). */
export interface ServiceAccount {
  readonly environmentId: string;
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly enabled: boolean;
  /** The client that owns it: `client_id` and `azp` of its tokens. */
  readonly clientId: string;
  /** The most its tokens may carry. */
  readonly scopes: readonly string[];
  /** Clients whose ids its tokens' `aud` holds beside the owner's. */
  readonly bindings: readonly string[];
  /** Rotation raises it; everything issued under an earlier one is dead (S7). No later account of this id comes to it again. */
  readonly version: number;
  /** Hash of the current service token's `jti`; absent until the first is made. */
  readonly jtiHash?: Uint8Array;
  /** It came with the environment file, whose word on it is the last. */
  readonly fromFile?: true;
}

/** What an operator says of one; the rest is the store's. */
export type ServiceAccountSettings = Omit<ServiceAccount, 'version' | 'jtiHash' | 'fromFile'>;

/** What is left out stays as it is, whoever changes it meanwhile; an empty description is none. */
export type ServiceAccountChanges = Partial<Omit<ServiceAccountSettings, 'environmentId' | 'id'>>;

/** TX-03: no user or client has such a subject. */
export function serviceAccountSubject(id: string): string {
  return `urn:grantway:serviceaccount:${id}`;
}

/** Undefined for a subject that is no service account's. */
export function serviceAccountId(subject: string): string | undefined {
  return /^urn:grantway:serviceaccount:(.+)$/.exec(subject)?.[1];
}

/** What a good service token says; whether it is still the account's is another question. */
export interface ServiceTokenClaims {
  readonly accountId: string;
  readonly jti: string;
}

/** The JWT an account proves itself with (RFC 7523 §2.1). */
export abstract class ServiceTokens {
  /** Undefined for anything but an unexpired service token of this environment. */
  abstract read(environmentId: string, token: string): Promise<ServiceTokenClaims | undefined>;
}

/** Cached reads, like {@link Environments}: a rotation bites everywhere within a second. */
export abstract class ServiceAccounts {
  abstract find(environmentId: string, id: string): Promise<ServiceAccount | undefined>;

  /** @param clientId only this client's; all of the environment otherwise */
  abstract list(environmentId: string, clientId?: string): Promise<readonly ServiceAccount[]>;

  /** Creates it, or changes what an operator may; version and token stay. @returns whether it was there before */
  abstract save(settings: ServiceAccountSettings): Promise<'created' | 'updated' | 'unchanged'>;

  /** Changes what is named, in one statement. @returns whether anything is different now; never where there is none */
  abstract change(environmentId: string, id: string, changes: ServiceAccountChanges): Promise<boolean>;

  /**
   * Makes `jtiHash` the only good service token and raises the version.
   * @returns the account as it is now, or undefined when there is none
   */
  abstract rotate(environmentId: string, id: string, jtiHash: Uint8Array): Promise<ServiceAccount | undefined>;

  /** @returns whether there was one */
  abstract remove(environmentId: string, id: string): Promise<boolean>;
}
