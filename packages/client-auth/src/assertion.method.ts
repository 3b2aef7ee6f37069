import { Client } from '@grantway/domain';
import { isHmac } from './jwt/algorithms.js';
import { ClientJwtVerifier } from './jwt/client-jwt.verifier.js';
import { readCompactJwt } from './jwt/compact-jwt.js';
import {
  ClientAuthContext,
  ClientAuthMethodHandler,
  ClientAuthRequest,
  ClientClaim,
  ClientProof,
  PROVEN,
  unproven,
} from './method.js';

/** RFC 7523 §2.2. */
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LONGEST = 16_384;

/** A JWT instead of a secret (RFC 7521 §4.2). Which of the two methods it is, its algorithm says. */
export abstract class AssertionMethod extends ClientAuthMethodHandler {
  protected abstract readonly keys: 'secret' | 'public';

  constructor(private readonly verifier: ClientJwtVerifier) {
    super();
  }

  read({ clientId, clientAssertion, clientAssertionType }: ClientAuthRequest): ClientClaim | undefined {
    if (clientAssertion === undefined && clientAssertionType === undefined) return undefined;
    const jwt = clientAssertion === undefined ? undefined : readCompactJwt(clientAssertion, LONGEST);
    // What nobody can read is an attempt all the same, of one of them.
    if (isHmac(jwt?.header['alg']) !== (this.keys === 'secret')) return undefined;
    const subject = jwt?.claims['sub'];
    const proof = clientAssertionType === JWT_BEARER ? clientAssertion : undefined;
    // RFC 7521 §4.2: client_id may be left out. Where it is not, `sub` has to agree, which verify looks at.
    return { clientId: clientId ?? (typeof subject === 'string' ? subject : ''), proof: proof ?? '' };
  }

  async verify(client: Client, { proof = '' }: ClientClaim, context: ClientAuthContext): Promise<ClientProof> {
    const { environment, issuer, endpoint } = context;
    const { refused } = await this.verifier.verify(proof, {
      purpose: 'client_assertion',
      keys: this.keys,
      ...{ client, environment, issuer },
      // CA-04: any name but the issuer lets another server use what was meant for it here.
      otherAudiences: client.legacy.assertionAudience ? [`${issuer}/token`, endpoint] : [],
    });
    if (refused === undefined) return PROVEN;
    // That the client's own site is away is nobody's guess.
    return unproven(`assertion_${refused}`, { isGuess: refused !== 'keys_unreachable' });
  }
}
