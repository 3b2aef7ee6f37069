import { HttpCall } from '@grantway/contracts';
import { Client, Environment, ResourceCatalog } from '@grantway/domain';
import { CodeChallengeMethod, Prompt, ResponseMode, ScopeSet } from '@grantway/protocol';

/** What the pipeline knows of one authorization request; each step may rely on what the steps before it filled in. */
export class AuthorizeContext {
  /** ParseParams: the first value of each parameter; empty counts as absent. */
  params: ReadonlyMap<string, string> = new Map();
  /** ParseParams: names that came more than once. */
  repeated: ReadonlySet<string> = new Set();
  /** FindClient. */
  client!: Client;
  /** CheckRedirectUri: proven, so errors go there from now on. */
  redirectUri?: string;
  responseType!: string;
  responseMode: ResponseMode = 'query';
  catalog!: ResourceCatalog;
  scope!: ScopeSet;
  resources: readonly string[] = [];
  codeChallenge?: string;
  codeChallengeMethod?: CodeChallengeMethod;
  prompts: readonly Prompt[] = [];
  /** Seconds. */
  maxAge?: number;
  /** The `sub` of a good `id_token_hint`; empty for a bad one, which fits nobody. */
  hintedSubject?: string;

  constructor(
    readonly call: HttpCall,
    readonly environment: Environment,
    readonly issuer: string,
  ) {}

  /** RFC 6749 §4.1.2.1: `state` goes back exactly as it came, in errors too. */
  get state(): string | undefined {
    return this.params.get('state');
  }
}
