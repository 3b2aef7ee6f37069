import { HttpCall } from '@grantway/contracts';
import { Client, Environment, Resource, ResourceCatalog, User } from '@grantway/domain';
import { Issuance } from '@grantway/grant-sdk';
import { ScopeSet } from '@grantway/protocol';
import { RegisteredGrant } from './grant-registry.js';

/** What the pipeline knows of one token request; each step may rely on what the steps before it filled in. */
export class TokenContext {
  /** ParseForm: once each, never empty. */
  form: ReadonlyMap<string, string> = new Map();
  /** ParseForm: every `resource` and `audience`; the two parameters that may repeat. */
  requestedResources: readonly string[] = [];
  requestedScope?: ScopeSet;
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
  /** Mint. */
  reply!: TokenReply;

  constructor(
    readonly call: HttpCall,
    readonly environment: Environment,
    readonly issuer: string,
  ) {}

  /** Milliseconds since the request reached the door; never less than none, whatever the clocks say. */
  get inFlightFor(): number {
    const { receivedAt, deadline } = this.call;
    // Never longer than a request may take: else a clock ahead of the gateway's would make every replay a race.
    return Math.min(Math.max(0, Date.now() - receivedAt), Math.max(0, deadline - receivedAt));
  }
}

/** RFC 6749 §5.1, OIDC Core §3.1.3.3. */
export interface TokenReply {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}
