import { HttpCall } from '@grantway/contracts';
import { Client, Environment, PushedRequest, ResourceCatalog } from '@grantway/domain';
import { CodeChallengeMethod, OAuthError, Prompt, ResponseMode, ResponseType, ScopeSet } from '@grantway/protocol';
import { isTooLong } from './parameters.js';

/** Parameters as they were sent: every value of every name. */
export type SentParams = Readonly<Record<string, readonly string[]>>;

/** What the pipeline knows of one authorization request; each step may rely on what the steps before it filled in. */
export class AuthorizeContext {
  /** ParseParams, LoadPushedRequest, ReadRequestObject: the first value of each parameter that counts; empty counts as absent. */
  params: ReadonlyMap<string, string> = new Map();
  /** Names that came more than once. */
  repeated: ReadonlySet<string> = new Set();
  /** The request is being pushed: the client has authenticated, and nobody is at a browser yet. */
  isPush = false;
  /** LoadPushedRequest: where the parameters came from. */
  pushed?: PushedRequest;
  /** FindClient. */
  client!: Client;
  /** ReadRequestObject: the parameters came out of a signed request object. */
  signed = false;
  /** ReadRequestObject: told once it is known where to. */
  requestObjectRefused?: OAuthError;
  /** CheckRedirectUri: proven, so errors go there from now on. */
  redirectUri?: string;
  responseType!: ResponseType;
  responseMode: ResponseMode = 'query';
  catalog!: ResourceCatalog;
  scope!: ScopeSet;
  resources: readonly string[] = [];
  codeChallenge?: string;
  codeChallengeMethod?: CodeChallengeMethod;
  prompts: readonly Prompt[] = [];
  /** Seconds. */
  maxAge?: number;
  loginHint?: string;
  /** The `sub` of a good `id_token_hint` or `login_hint_token`; empty for a bad one, which fits nobody. */
  hintedSubject?: string;

  /** @param sent what this request itself brought */
  constructor(
    readonly call: HttpCall,
    readonly environment: Environment,
    readonly issuer: string,
    readonly sent: SentParams,
  ) {}

  /** RFC 6749 §4.1.2.1: `state` goes back exactly as it came, in errors too, unless it is so long that it is one. */
  get state(): string | undefined {
    const state = this.params.get('state');
    return state !== undefined && isTooLong('state', state) ? undefined : state;
  }

  /** RFC 6749 §3.1: empty is absent; RFC 8707 §2: only `resource` may come more than once. */
  read(params: SentParams): void {
    const raw = Object.entries(params);
    this.params = new Map(raw.flatMap(([name, [value]]) => (value ? [[name, value] as const] : [])));
    this.repeated = new Set(
      raw.filter(([name, values]) => values.length > 1 && name !== 'resource').map(([name]) => name),
    );
    this.resources = [...new Set((Object.fromEntries(raw)['resource'] ?? []).filter(Boolean))];
  }
}
