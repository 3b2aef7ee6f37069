import { ScopeSet } from '@grantway/protocol';

/** What a person allowed a client before, so that they need not be asked again. */
export abstract class Consents {
  abstract find(environmentId: string, userId: string, clientId: string): Promise<ScopeSet>;

  /** Adds to what was allowed before. */
  abstract remember(environmentId: string, userId: string, clientId: string, scope: ScopeSet): Promise<void>;

  /** Forgets it, and ends every authorization the person gave this client and every code not yet redeemed, in one statement (R9, CO-13). */
  abstract withdraw(environmentId: string, userId: string, clientId: string): Promise<void>;
}
