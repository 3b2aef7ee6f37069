import { HttpCall } from '@grantway/contracts';
import { Client, Environment, Resource, ResourceCatalog, User } from '@grantway/domain';
import { Issuance } from '@grantway/grant-sdk';
import { ScopeSet, TokenType } from '@grantway/protocol';
import { RegisteredGrant } from './grant-registry.js';

/** What the pipeline knows of one token request; each step may rely on what the steps before it filled in. */
export class TokenContext {
  /** ParseForm: once each, never empty. */
  form: ReadonlyMap<string, string> = new Map();
  /** ParseForm: every `resource` and `audience`; the two parameters that may repeat. */
  requestedResources: readonly string[] = [];
  requestedScope?: ScopeSet;
  /** FindGrant: the grant type that was asked for, once it is known that it is one. */
  grantType?: string;
  /** FindGrant. */
  grant!: RegisteredGrant;
  /** AuthenticateClient. */
  client!: Client;
  catalog!: ResourceCatalog;
  /** ValidateParams. */
  params!: object;
  /** Decide. */
  issuance!: Issuance;
  /** CheckSubject; absent when the subject is the client itself. */
  user?: User;
  /** LimitScope, then LimitAudience: the granted scope. */
  scope!: ScopeSet;
  /** LimitAudience: the custom resources the token is for. */
  resources: readonly Resource[] = [];
  /** Mint. Where an earlier attempt spent and recorded it, it is there before, and Mint only signs. */
  recorded?: Recorded;
  /** What the ID token says beside the usual. */
  idTokenClaims?: (refreshToken: string | undefined) => Readonly<Record<string, unknown>>;
  /** Mint. */
  reply!: TokenReply;

  constructor(
    readonly call: HttpCall,
    readonly environment: Environment,
    readonly issuer: string,
  ) {}

  /** When the request reached the door, in milliseconds since the epoch, and not in the future, whatever the clocks say. */
  get arrivedAt(): number {
    const { receivedAt, deadline } = this.call;
    const now = Date.now();
    // Never longer ago than a request may take: else a clock ahead of the gateway's would make every replay a race.
    return Math.min(now, Math.max(receivedAt, now - Math.max(0, deadline - receivedAt)));
  }
}

/** What spending left behind: the parent of the tokens, and the refresh token if there is one. */
export interface Recorded {
  readonly authorizationId?: string;
  readonly refreshToken?: string;
}

/** RFC 6749 §5.1, OIDC Core §3.1.3.3. */
export interface TokenReply {
  readonly access_token: string;
  /** RFC 8693 §2.2.1. */
  readonly issued_token_type?: TokenType;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}
