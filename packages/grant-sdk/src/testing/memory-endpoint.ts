import { type Client, type Environment, isPublic, type Resource, ResourceCatalog } from '@grantway/domain';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import { type GrantOptions, grantOptions } from '../grant.decorator.js';
import type { GrantHandler, TokenRequest } from '../grant-handler.js';
import type { Issuance } from '../issuance.js';
import { readByRules, readParams } from '../params.js';
import { encodeError, encodeIssuance, readReply } from '../remote/decide-reply.js';
import { type DecideMessage, decodeRequest, encodeRequest } from '../remote/decide-request.js';
import { manifestOf } from '../remote/manifest.js';
import { BrokenIssuance, checkIssuance } from '../rules/issuance-rules.js';
import { type Asking, type Granted, limitAudience, limitScope } from '../rules/limits.js';
import { checkUser } from './check-user.js';
import type { GrantClass } from './construct.js';
import type { Recorded, Spender } from './single-uses.js';
import type { KnownUsers } from './test-users.js';

/** A form as a client posts it; a name without a value is not sent, one with a list is sent as often. */
export type Form = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One request at the door; the client is authenticated already. */
export interface Call {
  readonly form: Form;
  readonly client: Client;
  readonly environment: Environment;
  /** Milliseconds since the epoch. */
  readonly arrivedAt: number;
  readonly ip: string;
}

/** What the grant decided; nothing is spent yet. */
export interface Decision {
  readonly call: Call;
  readonly asking: Asking;
  readonly issuance: Issuance;
}

/** What the client would get: the grant's decision within its limits, and what spending it left behind. */
export interface Answered extends Granted, Recorded {
  readonly issuance: Issuance;
}

export interface EndpointOptions {
  /** Question and answer cross as between two processes; without it the grant is asked as inside the token service. */
  readonly overTheWire: boolean;
  readonly resources: readonly Resource[];
  readonly users: KnownUsers;
  readonly spend: Spender;
}

/** RFC 8707 §2, RFC 8693 §2.1. */
export const REPEATABLE = ['resource', 'audience'] as const;
const SHORTEST_LIFE_MS = 1_000;

/** The token endpoint around one grant, without keys, a database or a bus. */
export class MemoryEndpoint {
  readonly declared: GrantOptions<object>;
  readonly #catalog: ResourceCatalog;

  /** @throws Error when the class is no grant */
  constructor(
    type: GrantClass,
    private readonly grant: GrantHandler<object>,
    private readonly options: EndpointOptions,
  ) {
    this.declared = declaredBy(type);
    this.#catalog = new ResourceCatalog(options.resources);
  }

  /**
   * As far as the grant's own answer.
   * @throws OAuthError what the client would be told
   * @throws Malformed when the answer is nothing the contract can carry
   * @throws whatever else the grant throws
   */
  async decide(call: Call): Promise<Decision> {
    const { form, ...requested } = parse(call.form);
    if (this.declared.clients === 'confidential' && isPublic(call.client)) {
      throw new OAuthError('unauthorized_client', { reason: 'client.public' });
    }
    const asking: Asking = { client: call.client, catalog: this.#catalog, ...requested };
    const request = { ...asking, environment: call.environment, arrivedAt: call.arrivedAt, ip: call.ip };
    const issuance = this.options.overTheWire
      ? await this.#askOverTheWire(form, request)
      : await this.grant.handle({ ...request, params: readParams(this.declared.params, form) });
    return { call, asking, issuance };
  }

  /**
   * From the grant's answer to what the client gets.
   * @throws OAuthError what the client would be told
   * @throws BrokenIssuance for what no grant may decide
   */
  async issue({ call, asking, issuance }: Decision): Promise<Answered> {
    const { client, catalog } = asking;
    const { type } = this.declared;
    checkIssuance(issuance, { client, catalog, type, remote: this.options.overTheWire });
    if (issuance.notAfter && issuance.notAfter.getTime() - Date.now() < SHORTEST_LIFE_MS) {
      throw new OAuthError('invalid_request', { reason: 'issuance.over' });
    }
    const granted = limitAudience(asking, issuance, limitScope(asking, issuance));
    await checkUser(this.options.users, call.environment.id, issuance);
    const { environment, arrivedAt } = call;
    return {
      issuance,
      ...granted,
      ...(await this.options.spend(issuance, { grantType: type, client, environment, arrivedAt })),
    };
  }

  async #askOverTheWire(form: ReadonlyMap<string, string>, request: Omit<TokenRequest<object>, 'params'>) {
    const manifest = manifestOf(this.declared);
    const question = { ...request, params: readByRules(manifest.params, form) };
    const frame = { requestId: 'request-1', deadline: Date.now() + 3_000 };
    const message = acrossWire<DecideMessage>(encodeRequest(question, frame));
    const reply = await this.#reply(message);
    return readReply(manifest, acrossWire(reply));
  }

  async #reply(message: DecideMessage): Promise<object> {
    try {
      return encodeIssuance(await this.grant.handle(decodeRequest(this.declared.params, message)));
    } catch (error) {
      if (OAuthError.is(error)) return encodeError(error);
      throw error;
    }
  }
}

/** @throws Error when the class is no grant */
export function declaredBy(type: GrantClass): GrantOptions<object> {
  const declared = grantOptions(type);
  if (!declared) throw new Error(`${type.name} has no @Grant`);
  return declared;
}

/** Whether a decision names, as further audiences, nobody but clients that are there. @throws BrokenIssuance */
export function checkAudiences({ audiences = [] }: Issuance, known: readonly Client[]): void {
  const stranger = audiences.find((id) => !known.some((client) => client.id === id && client.enabled));
  if (stranger !== undefined) throw new BrokenIssuance('an audience is no client of this environment');
}

function acrossWire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** RFC 6749 §3.2: every parameter once; one without a value counts as not sent. */
function parse(sent: Form): Pick<Asking, 'requestedScope' | 'requestedResources'> & { form: Map<string, string> } {
  const form = new Map<string, string>();
  for (const [name, given = []] of Object.entries(sent)) {
    const values = [given].flat();
    if (values.length > 1 && !REPEATABLE.some((repeatable) => repeatable === name)) {
      throw new OAuthError('invalid_request', { description: 'a parameter is repeated' });
    }
    const [value] = values;
    if (value) form.set(name, value);
  }
  const requestedResources = REPEATABLE.flatMap((name) => [sent[name] ?? []].flat()).filter(Boolean);
  const requestedScope = ScopeSet.parse(form.get('scope') ?? '');
  if (!requestedScope) throw new OAuthError('invalid_scope', { description: 'scope is malformed' });
  return { form, requestedResources, ...(requestedScope.size > 0 && { requestedScope }) };
}
