import { isUtf8 } from 'node:buffer';
import { Client } from '@grantway/domain';
import { ClientAuthMethod } from '@grantway/protocol';
import { ClientSecretHasher } from '../client-secret-hasher.js';
import {
  ClientAuthMethodHandler,
  ClientAuthRequest,
  ClientClaim,
  ClientProof,
  notProven,
  PROVEN,
  unproven,
} from '../method.js';

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;

/** HTTP Basic with both halves form-urlencoded first (RFC 6749 §2.3.1). */
export class ClientSecretBasicMethod extends ClientAuthMethodHandler {
  readonly method = ClientAuthMethod.SecretBasic;

  constructor(private readonly hasher: ClientSecretHasher) {
    super();
  }

  read({ authorization }: ClientAuthRequest): ClientClaim | undefined {
    if (authorization === undefined) return undefined;
    const bytes = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64');
    const text = isUtf8(bytes) ? bytes.toString('utf8') : '';
    const colon = text.indexOf(':');
    const clientId = colon < 0 ? undefined : formDecode(text.slice(0, colon));
    const secret = colon < 0 ? undefined : formDecode(text.slice(colon + 1));
    if (!clientId || secret === undefined) throw notProven('client_auth.basic_unreadable');
    return { clientId, proof: secret };
  }

  async verify(client: Client, { proof = '' }: ClientClaim): Promise<ClientProof> {
    return this.hasher.matches(proof, client.secretHashes) ? PROVEN : unproven('wrong_secret');
  }
}

/** Undefined for a broken escape, and for a NUL: PostgreSQL takes none, so it would fail instead of finding nobody. */
function formDecode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}
