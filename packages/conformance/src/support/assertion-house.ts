import { assertionClaims, assertionForm, ClientKey } from './client-jwt.js';
import { Storage } from './database.js';
import { type ClientEntry, Tenant } from './environments.js';
import { type Answer, postForm } from './http.js';
import { expectJsonError, sameVerdict, unchanged } from './verdict.js';

/** 64 bytes, enough for each HMAC. */
export const LONG_SECRET = 'a-secret-that-is-long-enough-for-every-one-of-the-hmac-algorithms';
export const KEYS = Object.fromEntries(
  ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA'].map((alg) => [alg, ClientKey.make(alg, `key-${alg}`)]),
);
export const KEY = KEYS['ES256'] as ClientKey;
/** The key of another client, under the same name. */
export const OTHER = ClientKey.make('ES256', 'key-ES256');
/** Guesses are counted per client, so the rows take turns. */
const SIGNERS = 40;

/** An environment of clients that authenticate with assertions, and how they do. */
export class AssertionHouse {
  readonly storage = new Storage();
  #turn = 0;

  private constructor(
    readonly tenant: Tenant,
    /** Another environment with a client of the same name and keys. */
    readonly elsewhere: Tenant,
  ) {}

  static async open(): Promise<AssertionHouse> {
    const machine = { grantTypes: ['client_credentials'], scopes: ['orders:read'], defaultScopes: ['orders:read'] };
    const jwks = { keys: Object.values(KEYS).map(({ publicJwk }) => publicJwk) };
    const signer = (id: string, more: Partial<ClientEntry> = {}): ClientEntry => ({
      ...{ ...machine, id, auth: 'private_key_jwt', jwks },
      ...more,
    });
    const sealed = (id: string): ClientEntry => ({ ...machine, id, auth: 'client_secret_jwt', secret: LONG_SECRET });
    const tenant = await Tenant.create((file) => {
      file.clients.push(
        ...Array.from({ length: SIGNERS }, (_, index) => signer(`signer-${index}`)),
        signer('other', { jwks: { keys: [OTHER.publicJwk] } }),
        signer('off', { enabled: false }),
        signer('bare'),
        signer('rotating'),
        signer('legacy', { legacy: { assertionAudience: true } }),
        ...['sealed', 'confused'].map(sealed),
        // Both could be checked, and neither is registered.
        { ...machine, id: 'both', auth: 'client_secret_basic', secret: LONG_SECRET, secretForSigning: true, jwks },
      );
    });
    return new AssertionHouse(tenant, await Tenant.create((file) => void file.clients.push(signer('signer-0'))));
  }

  /** A client whose keys are {@link KEYS}. */
  next(): string {
    this.#turn += 1;
    return `signer-${this.#turn % SIGNERS}`;
  }

  ask(form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return postForm(`${this.tenant.issuer}/token`, { grant_type: 'client_credentials', ...form }, headers);
  }

  present(jwt: string, more: Record<string, string> = {}): Promise<Answer> {
    return this.ask({ ...assertionForm(jwt), ...more });
  }

  claims(client: string, changes: object = {}): Record<string, unknown> {
    return assertionClaims(client, this.tenant.issuer, changes);
  }

  /** 401 invalid_client in the bytes of any wrong secret, and nothing stored. */
  async refuses(send: () => Promise<Answer>): Promise<void> {
    const answer = await unchanged(this.storage, this.tenant.id, () => sameVerdict(send));
    expectJsonError(answer, 401, 'invalid_client', LONG_SECRET);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(answer.text).toBe((await this.ask({ client_id: 'unheard-of' })).text);
  }

  close(): Promise<void> {
    return this.storage.close();
  }
}
