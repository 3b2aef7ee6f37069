import 'reflect-metadata';
import {
  AttemptLimits,
  AuthorizationAnswers,
  AuthorizationCodes,
  Authorizations,
  BackchannelRequests,
  type Client,
  Clients,
  Consents,
  DeviceAuthorizations,
  type Environment,
  Environments,
  Flows,
  RefreshTokenCodec,
  type Resource,
  ResourceCatalog,
  Resources,
  ServiceAccounts,
  Sessions,
  SigningKeys,
  UserDirectory,
} from '@grantway/domain';
import {
  type DecideMessage,
  decodeRequest,
  encodeError,
  encodeIssuance,
  encodeRequest,
  type GrantHandler,
  grantOptions,
  type Issuance,
  manifestOf,
  readByRules,
  readParams,
  readReply,
  type TokenRequest,
} from '@grantway/grant-sdk';
import { OAuthError, type ScopeSet } from '@grantway/protocol';
import { MemoryStores } from './memory/memory-stores.js';
import { aClient } from './mothers/client.mother.js';
import { anEnvironment, aResource } from './mothers/environment.mother.js';

/** One request to a grant; what it leaves out is the harness's own. */
export interface Asked {
  readonly client?: Client;
  readonly environment?: Environment;
  readonly scope?: ScopeSet;
  /** Milliseconds since the request reached the door. */
  readonly inFlightFor?: number;
  readonly ip?: string;
  readonly resources?: readonly string[];
}

/** What the grant decided, and what spending it left behind. */
export interface Answered {
  readonly issuance: Issuance;
  readonly authorizationId?: string;
  readonly refreshToken?: string;
}

export interface GrantHarness {
  readonly stores: MemoryStores;
  readonly codec: RefreshTokenCodec;
  readonly client: Client;
  readonly environment: Environment;
  /** Reads the form, asks the grant and spends what it names, as the token endpoint does; limits and signing are left out. */
  token(form: Readonly<Record<string, string>>, asked?: Asked): Promise<Answered>;
}

export interface HarnessOptions {
  readonly client?: Client;
  readonly environment?: Environment;
  readonly resources?: readonly Resource[];
  /** What its constructor needs beyond the stores of `domain`, by class. */
  readonly provide?: ReadonlyMap<unknown, unknown>;
  /** Question and answer cross as they would between two processes, so whatever the contract cannot carry fails here. */
  readonly overTheWire?: boolean;
}

const CODEC_KEY = Buffer.alloc(32, 7);
const SALT = Buffer.alloc(16, 1);

/** A grant with memory stores behind it and a client before it. */
export async function grantHarness(
  type: new (...args: never[]) => GrantHandler<object>,
  options: HarnessOptions = {},
): Promise<GrantHarness> {
  const declared = grantOptions(type);
  if (!declared) throw new Error(`${type.name} has no @Grant`);
  const stores = new MemoryStores();
  const codec = new RefreshTokenCodec(CODEC_KEY);
  const grant = construct(type, new Map([...provided(stores, codec), ...(options.provide ?? [])]));
  const { client = aClient(), environment = anEnvironment(), resources = [aResource()] } = options;

  async function token(form: Readonly<Record<string, string>>, asked: Asked = {}): Promise<Answered> {
    const request = { client, environment, inFlightFor: 0, ip: '192.0.2.1', ...asked };
    const issuance = await handle(new Map(Object.entries(form)), {
      client: request.client,
      environment: request.environment,
      catalog: new ResourceCatalog(resources),
      arrivedAt: Date.now() - request.inFlightFor,
      ip: request.ip,
      requestedResources: asked.resources ?? [],
      ...(asked.scope && { requestedScope: asked.scope }),
    });
    return { issuance, ...(await spend(issuance, request.client, request.environment)) };
  }

  async function handle(
    form: ReadonlyMap<string, string>,
    request: Omit<TokenRequest<object>, 'params'>,
  ): Promise<Issuance> {
    const { params } = declared as { params: new () => object };
    if (!options.overTheWire) return grant.handle({ ...request, params: readParams(params, form) });
    const manifest = manifestOf(declared as NonNullable<typeof declared>);
    const question = { ...request, params: readByRules(manifest.params, form) };
    const message = overWire<DecideMessage>(encodeRequest(question, { requestId: 'request-1', deadline: 0 }));
    const reply = await grant.handle(decodeRequest(params, message)).then(encodeIssuance, (error: unknown) => {
      if (error instanceof OAuthError) return encodeError(error);
      throw error;
    });
    return readReply(manifest, overWire(reply));
  }

  async function spend(
    issuance: Issuance,
    by: Client,
    { id, lifetimes }: Environment,
  ): Promise<Omit<Answered, 'issuance'>> {
    if (!issuance.spend) return {};
    if ('refreshToken' in issuance.spend) {
      const { family, generation, grace } = issuance.spend.refreshToken;
      const successor = await stores.authorizations.rotate(family.id, generation, {
        grace,
        idle: lifetimes.refreshIdle,
      });
      if (successor === undefined) throw new OAuthError('invalid_grant', { reason: 'harness.lost_race' });
      return { authorizationId: family.id, refreshToken: codec.format(family.id, family.salt, successor) };
    }
    const { authorization } = issuance;
    const authorizationId = await stores.authorizations.redeem(issuance.spend, {
      environmentId: id,
      clientId: by.id,
      authorization,
      offline: authorization.scope.has('offline_access'),
      family: { salt: SALT, idle: lifetimes.refreshIdle, absolute: lifetimes.refreshAbsolute },
    });
    if (authorizationId === undefined) throw new OAuthError('invalid_grant', { reason: 'harness.lost_race' });
    return { authorizationId, refreshToken: codec.format(authorizationId, SALT, 0) };
  }

  return { stores, codec, client, environment, token };
}

function overWire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function provided(stores: MemoryStores, codec: RefreshTokenCodec): Map<unknown, unknown> {
  return new Map<unknown, unknown>([
    [Environments, stores.environments],
    [Clients, stores.clients],
    [Resources, stores.resources],
    [UserDirectory, stores.users],
    [ServiceAccounts, stores.serviceAccounts],
    [SigningKeys, stores.signingKeys],
    [Sessions, stores.sessions],
    [Flows, stores.flows],
    [AuthorizationCodes, stores.codes],
    [DeviceAuthorizations, stores.devices],
    [BackchannelRequests, stores.backchannel],
    [Authorizations, stores.authorizations],
    [AuthorizationAnswers, stores.answers],
    [Consents, stores.consents],
    [AttemptLimits, stores.attempts],
    [RefreshTokenCodec, codec],
  ]);
}

/** Injects by the constructor's types, as Nest does. */
function construct<Made>(type: new (...args: never[]) => Made, known: ReadonlyMap<unknown, unknown>): Made {
  const wanted: { name: string }[] = Reflect.getMetadata('design:paramtypes', type) ?? [];
  const args = wanted.map((token) => {
    if (!known.has(token)) throw new Error(`${type.name} needs ${token.name}: give it in \`provide\``);
    return known.get(token);
  });
  return new type(...(args as never[]));
}
