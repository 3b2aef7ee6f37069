import { Client, Environment, Resource, ResourceCatalog } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { IsArray, IsInt, IsString, Length, Matches, Min, ValidateBy } from 'class-validator';
import { TokenRequest } from '../grant-handler.js';
import { readParams } from '../params.js';
import { IsListOf, IsPlain, isPlain, Malformed, MayMiss } from './shape.js';

/** What a request carries besides its content. */
export interface CallFrame {
  readonly requestId: string;
  /** Milliseconds since the epoch; whoever waits has gone by then. */
  readonly deadline: number;
  readonly traceparent?: string;
}

/** The question a grant service is asked. Unknown names are passed over, so that a newer token service may say more. */
export class DecideMessage {
  @Length(8, 64)
  readonly requestId!: string;

  @IsInt()
  readonly deadline!: number;

  /** W3C Trace Context. */
  @MayMiss()
  @Matches(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
  readonly traceparent?: string;

  @IsPlain()
  readonly environment!: object;

  @IsPlain()
  readonly client!: object;

  @ValidateBy({ name: 'isParams', validator: { validate: isParams } })
  readonly params!: Readonly<Record<string, string>>;

  @IsArray()
  readonly resources!: readonly Resource[];

  @MayMiss()
  @IsString()
  readonly requestedScope?: string;

  @IsListOf((entry) => typeof entry === 'string', 100)
  readonly requestedResources!: readonly string[];

  @IsInt()
  @Min(0)
  readonly arrivedAt!: number;

  @Length(1, 64)
  readonly ip!: string;
}

function isParams(value: unknown): boolean {
  return isPlain(value) && Object.values(value).every((param) => typeof param === 'string');
}

/** `true` for what a grant service is shown. Every field has its row, so that a new one is decided about (HT-06). */
type Shown<T> = { readonly [Field in keyof Required<T>]: boolean };

const CLIENT: Shown<Client> = {
  secretHashes: false,
  sealedSecret: false,
  ...{ environmentId: true, id: true, name: true, enabled: true, authMethod: true, grantTypes: true },
  ...{ responseTypes: true, redirectUris: true, allowedOrigins: true, scopes: true, defaultScopes: true },
  ...{ trusted: true, pkceRequired: true, refresh: true, accessTokenLifetime: true, multipleResources: true },
  ...{ legacy: true, postLogoutRedirectUris: true, keys: true, par: true, requestObjects: true, device: true },
  ...{ backchannel: true, exchange: true },
};

const ENVIRONMENT: Shown<Environment> = {
  // Its address for messages may hold a key of somebody's gateway.
  accounts: false,
  ...{ id: true, name: true, enabled: true, grantTypes: true, pkce: true, signing: true, lifetimes: true },
  ...{ passwordChangeEndsRefresh: true, par: true, outbound: true, userCode: true },
};

const RESOURCE: Shown<Resource> = {
  introspectionSecretHashes: false,
  ...{ environmentId: true, name: true, audience: true, scopes: true, accessTokenLifetime: true },
  ...{ accessTokenFormat: true, accessTokenAlgorithm: true, mayAct: true },
};

function show<T extends object>(whole: T, shown: Shown<T>): Partial<T> {
  const fields = Object.entries(whole).filter(
    ([name, value]) => value !== undefined && (shown as Readonly<Record<string, boolean>>)[name] === true,
  );
  return Object.fromEntries(fields) as Partial<T>;
}

export function encodeRequest(request: TokenRequest<object>, frame: CallFrame): DecideMessage {
  const { environment, client, params, catalog, requestedScope } = request;
  const { accounts } = environment;
  return {
    ...{ requestId: frame.requestId, deadline: frame.deadline },
    ...(frame.traceparent !== undefined && { traceparent: frame.traceparent }),
    environment: {
      ...show(environment, ENVIRONMENT),
      accounts: { recovery: accounts.recovery, registration: accounts.registration },
    },
    client: show(client, CLIENT),
    params: { ...params } as Record<string, string>,
    resources: catalog.resources.map((resource) => show(resource, RESOURCE) as Resource),
    ...(requestedScope && { requestedScope: requestedScope.toString() }),
    requestedResources: request.requestedResources,
    arrivedAt: Math.round(request.arrivedAt),
    ip: request.ip,
  };
}

/**
 * @throws Malformed for what no token service of ours says
 * @throws OAuthError invalid_request where the grant's own rules say more than its manifest could
 */
export function decodeRequest<Params extends object>(
  type: new () => Params,
  message: DecideMessage,
): TokenRequest<Params> {
  const { environment, client, params, resources, requestedScope, requestedResources, arrivedAt, ip } = message;
  const scope = requestedScope === undefined ? undefined : ScopeSet.parse(requestedScope);
  if (requestedScope !== undefined && !scope) throw new Malformed('requestedScope');
  return {
    environment: environment as Environment,
    client: { ...(client as Client), secretHashes: [] },
    params: readParams(type, new Map(Object.entries(params))),
    catalog: new ResourceCatalog(resources.map((resource) => ({ ...resource, introspectionSecretHashes: [] }))),
    ...{ requestedResources, arrivedAt, ip },
    ...(scope && { requestedScope: scope }),
  };
}
