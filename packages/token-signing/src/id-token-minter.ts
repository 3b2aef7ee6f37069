import { hash } from 'node:crypto';
import { Authorization, Client, Environment } from '@grantway/domain';
import { TokenSigner } from './token-signer.js';

/** What an ID token is made from. */
export interface IdTokenGrounds {
  readonly environment: Environment;
  readonly issuer: string;
  readonly client: Pick<Client, 'id'>;
  readonly authorization: Authorization;
  /** What was recorded when it was issued; one that comes before that, as beside a code alone, has none. */
  readonly authorizationId?: string;
  readonly nonce?: string;
  /** It does not outlive this moment. */
  readonly notAfter?: Date;
  /** Delivered beside it: hashed into `at_hash` (OIDC Core §3.1.3.6). */
  readonly accessToken?: string;
  /** Delivered beside it: hashed into `c_hash` (OIDC Core §3.3.2.11). */
  readonly code?: string;
  /** Claims about the user, where no access token could fetch them (OIDC Core §5.4), and those a profile adds. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** ID tokens (OIDC Core §2, §3.1.3.6, §12.2). Both signing algorithms hash with SHA-256. */
export class IdTokenMinter {
  constructor(private readonly signer: TokenSigner) {}

  mint({ environment, issuer, client, authorization, ...rest }: IdTokenGrounds): Promise<string> {
    const { authorizationId, nonce, accessToken, code, claims, notAfter } = rest;
    const { subject, authentication } = authorization;
    const iat = Math.floor(Date.now() / 1000);
    return this.signer.sign({
      environmentId: environment.id,
      algorithm: environment.signing.idToken,
      type: 'JWT',
      claims: {
        ...claims,
        iss: issuer,
        sub: subject.id,
        aud: client.id,
        iat,
        exp: Math.min(
          iat + environment.lifetimes.idToken,
          Math.floor((notAfter?.getTime() ?? Number.POSITIVE_INFINITY) / 1000),
        ),
        ...(accessToken !== undefined && { at_hash: leftHalfHash(accessToken) }),
        ...(code !== undefined && { c_hash: leftHalfHash(code) }),
        ...(nonce !== undefined && { nonce }),
        ...(authorizationId !== undefined && { authorization_id: authorizationId }),
        ...(authentication && {
          auth_time: Math.floor(authentication.time.getTime() / 1000),
          acr: authentication.acr,
          amr: authentication.amr,
          ...(authentication.sessionId !== undefined && { sid: authentication.sessionId }),
        }),
      },
    });
  }
}

/** OIDC Core §3.1.3.6. */
export function leftHalfHash(text: string): string {
  return hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url');
}
