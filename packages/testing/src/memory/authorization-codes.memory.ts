import {
  type Authorization,
  type AuthorizationCode,
  AuthorizationCodes,
  type CodeState,
  HandlePrefix,
  MOST_VERIFIER_FAILURES,
  type NewAuthorizationCode,
  newHandle,
  parseHandle,
  secretMatches,
} from '@grantway/domain';
import type { Spendable } from './authorizations.memory.js';
import type { TestClock } from './test-clock.js';

interface Row {
  readonly code: NewAuthorizationCode;
  readonly secretHash: Uint8Array;
  expiresAt: number;
  failures: number;
  spent?: { readonly at: number; readonly authorizationId: string };
}

export class MemoryAuthorizationCodes extends AuthorizationCodes implements Spendable {
  readonly #rows = new Map<string, Row>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  /** For MemoryAuthorizationAnswers. */
  add(code: NewAuthorizationCode): string {
    const { id, handle, secretHash } = newHandle(HandlePrefix.AuthorizationCode);
    this.#rows.set(id, { code, secretHash, expiresAt: this.clock.after(code.lifetime), failures: 0 });
    return handle;
  }

  async find(environmentId: string, code: string): Promise<AuthorizationCode | undefined> {
    const handle = parseHandle(HandlePrefix.AuthorizationCode, code);
    const row = handle && this.#rows.get(handle.id);
    if (!row || row.code.environmentId !== environmentId || !secretMatches(handle.secret, row.secretHash))
      return undefined;
    const { lifetime: _, ...kept } = row.code;
    return { ...kept, id: handle.id, state: this.#stateOf(row) };
  }

  async countFailure(id: string): Promise<void> {
    const row = this.#rows.get(id);
    if (row && !row.spent) row.failures++;
  }

  /** For MemoryAuthorizations: false when it is not there to spend. */
  spend(
    id: string,
    environmentId: string,
    clientId: string,
    authorizationId: string,
    stands: (approved: Authorization) => boolean,
  ): boolean {
    const row = this.#rows.get(id);
    if (!row || row.code.environmentId !== environmentId || row.code.clientId !== clientId) return false;
    if (this.#stateOf(row).kind !== 'live' || !stands(row.code.authorization)) return false;
    row.spent = { at: this.clock.now(), authorizationId };
    return true;
  }

  /** For MemoryConsents: codes nobody redeemed yet. */
  endAll(environmentId: string, userId: string, clientId: string): void {
    for (const row of this.#rows.values()) {
      const { code } = row;
      const own = code.environmentId === environmentId && code.clientId === clientId;
      if (own && code.authorization.subject.id === userId && !row.spent) row.expiresAt = this.clock.now();
    }
  }

  #stateOf({ spent, failures, expiresAt }: Row): CodeState {
    if (spent) return { kind: 'spent', authorizationId: spent.authorizationId, ago: this.clock.now() - spent.at };
    if (failures >= MOST_VERIFIER_FAILURES) return { kind: 'guessed' };
    return { kind: expiresAt <= this.clock.now() ? 'expired' : 'live' };
  }
}
