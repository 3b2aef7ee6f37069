import { randomUUID } from 'node:crypto';
import {
  Authorization,
  Client,
  Environment,
  MayAct,
  OpaqueAccessTokens,
  Resource,
  SigningAlgorithm,
  serviceAccountSubject,
} from '@grantway/domain';
import { ActClaim, ScopeSet } from '@grantway/protocol';
import { TokenSigner } from './token-signer.js';

/** What an access token is made from, every limit already applied. */
export interface AccessTokenGrounds {
  readonly environment: Environment;
  readonly issuer: string;
  readonly client: Pick<Client, 'id' | 'accessTokenLifetime'>;
  readonly authorization: Authorization;
  /** What revocation goes by; a client's own token has none. */
  readonly authorizationId?: string | undefined;
  /** The granted scope. */
  readonly scope: ScopeSet;
  /** The custom resources it is for; none makes it the issuer's own. */
  readonly resources: readonly Resource[];
  /** Further members of `aud`. */
  readonly audiences?: readonly string[] | undefined;
  readonly actor?: ActClaim | undefined;
  readonly notAfter?: Date | undefined;
  readonly serviceAccountVersion?: number | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** Access tokens: JWTs (RFC 9068 §2.2), which are not stored, or opaque ones where a resource wants them. */
export class AccessTokenMinter {
  constructor(
    private readonly signer: TokenSigner,
    private readonly opaque: OpaqueAccessTokens,
  ) {}

  /** @returns the token and its lifetime in seconds */
  async mint(grounds: AccessTokenGrounds): Promise<{ token: string; lifetime: number }> {
    const { environment, client, resources } = grounds;
    const iat = Math.floor(Date.now() / 1000);
    const lifetime = lifetimeOf(grounds, iat);
    const claims = claimsOf(grounds, iat, lifetime);
    if (resources.some(({ accessTokenFormat }) => accessTokenFormat === 'opaque')) {
      const record = { environmentId: environment.id, clientId: client.id, claims };
      return { token: await this.opaque.issue(record, lifetime), lifetime };
    }
    const algorithm = accessTokenAlgorithm(environment, resources);
    return {
      token: await this.signer.sign({ environmentId: environment.id, algorithm, type: 'at+jwt', claims }),
      lifetime,
    };
  }
}

/** A resource may want another algorithm than its environment; several that differ get the environment's. */
export function accessTokenAlgorithm(
  { signing }: Pick<Environment, 'signing'>,
  resources: readonly Pick<Resource, 'accessTokenAlgorithm'>[],
): SigningAlgorithm {
  const wanted = new Set(resources.map(({ accessTokenAlgorithm: said }) => said ?? signing.accessToken));
  const [only = signing.accessToken, second] = wanted;
  return second === undefined ? only : signing.accessToken;
}

function claimsOf(grounds: AccessTokenGrounds, iat: number, lifetime: number): Record<string, unknown> {
  const { client, authorization, authorizationId, issuer, scope, actor, serviceAccountVersion } = grounds;
  const { subject, authentication } = authorization;
  const mayAct = mayActOf(grounds.resources);
  const account = subject.kind === 'service_account';
  const claims: Record<string, unknown> = {
    ...grounds.claims,
    iss: issuer,
    sub: account ? serviceAccountSubject(subject.id) : subject.id,
    aud: audienceOf(grounds),
    client_id: client.id,
    scope: scope.toString(),
    iat,
    exp: iat + lifetime,
    jti: randomUUID(),
  };
  if (account) {
    claims['azp'] = client.id;
    claims['service_account_version'] = serviceAccountVersion;
  }
  if (authorizationId) claims['authorization_id'] = authorizationId;
  if (actor) claims['act'] = actor;
  if (mayAct) claims['may_act'] = mayAct;
  if (authentication) {
    claims['auth_time'] = Math.floor(authentication.time.getTime() / 1000);
    claims['acr'] = authentication.acr;
    claims['amr'] = authentication.amr;
    if (authentication.sessionId !== undefined) claims['sid'] = authentication.sessionId;
  }
  return claims;
}

/** House rule: resources that do not agree on who may act leave nobody who may. */
function mayActOf(resources: readonly Resource[]): MayAct | undefined {
  const [first, ...others] = resources.flatMap(({ mayAct }) => (mayAct ? [mayAct] : []));
  const agree = others.every(({ sub, client_id }) => sub === first?.sub && client_id === first?.client_id);
  return agree ? first : {};
}

/** House rule: one audience is a string, more are an array; without any it is the issuer. */
function audienceOf({ resources, audiences = [], issuer }: AccessTokenGrounds): string | string[] {
  const [first, ...others] = [...new Set([...audiences, ...resources.map(({ audience }) => audience)])];
  if (first === undefined) return issuer;
  return others.length === 0 ? first : [first, ...others];
}

/** TX-08. Seconds: a machine can ask again at any time. */
const LONGEST_FOR_SERVICE_ACCOUNT = 3_600;

/** The shortest of what resources and client say; the environment speaks where they are silent. Seconds. */
function lifetimeOf(grounds: AccessTokenGrounds, iat: number): number {
  const { resources, client, environment, notAfter, authorization } = grounds;
  const said = [client.accessTokenLifetime, ...resources.map((resource) => resource.accessTokenLifetime)];
  const limits = said.filter((seconds) => seconds !== undefined);
  const lifetime = limits.length > 0 ? Math.min(...limits) : environment.lifetimes.accessToken;
  const most = authorization.subject.kind === 'service_account' ? LONGEST_FOR_SERVICE_ACCOUNT : lifetime;
  const left = notAfter ? Math.floor(notAfter.getTime() / 1000) - iat : lifetime;
  return Math.min(lifetime, most, left);
}
