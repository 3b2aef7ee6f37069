import { ScopeSet } from '@grantway/protocol';

/** What a person allowed a client before, so that they need not be asked again. */
export abstract class Consents {
  abstract find(environmentId: string, userId: string, clientId: string): Promise<ScopeSet>;

  /** Adds to what was allowed before. */
  abstract remember(environmentId: string, userId: string, clientId: string, scope: ScopeSet): Promise<void>;

  /** Forgets it and revokes every authorization the person gave this client, in one statement (R9). */
  abstract withdraw(environmentId: string, userId: string, clientId: string): Promise<void>;
}
