import {
  AttemptLimits,
  AuthorizationAnswers,
  AuthorizationCodes,
  Authorizations,
  BackchannelRequests,
  Clients,
  Consents,
  DeviceAuthorizations,
  Environments,
  Flows,
  RefreshTokenCodec,
  Resources,
  ServiceAccounts,
  Sessions,
  SigningKeys,
  UserDirectory,
} from '@grantway/domain';
import {
  type Answered,
  type Asked,
  type Form,
  type GrantClass,
  type Spender,
  type GrantHarness as TeamsHarness,
  type HarnessOptions as TeamsOptions,
  grantHarness as teamsHarness,
} from '@grantway/grant-sdk/testing';
import { OAuthError, type ScopeSet } from '@grantway/protocol';
import { MemoryStores } from './memory/memory-stores.js';
import { aUser } from './mothers/user.mother.js';

/** One request to a grant of ours; what it leaves out is the harness's own. */
export interface AskedOfOurs extends Asked {
  readonly scope?: ScopeSet;
  readonly resources?: readonly string[];
}

export interface GrantHarness extends Omit<TeamsHarness, 'isLive' | 'elapse'> {
  readonly stores: MemoryStores;
  readonly codec: RefreshTokenCodec;
  token(form: Form, asked?: AskedOfOurs): Promise<Answered>;
}

export interface HarnessOptions extends Omit<TeamsOptions, 'users' | 'spend'> {
  readonly stores?: MemoryStores;
}

const CODEC_KEY = Buffer.alloc(32, 7);
const SALT = Buffer.alloc(16, 1);

/** The harness a team has, with memory stores behind it: those of `domain` need no `provide`, and alice is there. */
export async function grantHarness(type: GrantClass, options: HarnessOptions = {}): Promise<GrantHarness> {
  const { stores = new MemoryStores(), provide = [], ...rest } = options;
  const alice = aUser();
  if (!(await stores.users.find(alice.environmentId, alice.id))) stores.users.add(alice);
  const codec = new RefreshTokenCodec(CODEC_KEY);
  const harness = await teamsHarness(type, {
    // Most grants of ours run inside the token service; one that does not says so.
    overTheWire: false,
    ...rest,
    provide: [...storesOf(stores, codec), ...provide],
    users: stores.users,
    spend: spenderOf(stores, codec),
  });
  const { client, environment } = harness;
  return {
    ...{ stores, codec, client, environment },
    token: (form, { scope, resources, ...asked } = {}) =>
      harness.token({ ...form, scope: scope?.toString(), resource: resources }, asked),
  };
}

/** Spends whatever a grant of ours may name, and records what was allowed. */
export function spenderOf(stores: MemoryStores, codec = new RefreshTokenCodec(CODEC_KEY)): Spender {
  return async ({ spend, authorization }, { grantType, client, environment }) => {
    const { refreshIdle: idle, refreshAbsolute: absolute } = environment.lifetimes;
    if (!spend) return {};
    if ('refreshToken' in spend) {
      const { family, generation, grace } = spend.refreshToken;
      const successor = await stores.authorizations.rotate(family.id, generation, { grace, idle });
      if (successor === undefined) throw lostRace();
      return { authorizationId: family.id, refreshToken: codec.format(family.id, family.salt, successor) };
    }
    const artifact = 'once' in spend ? { once: { ...spend.once, grantType } } : spend;
    const authorizationId = await stores.authorizations.redeem(artifact, {
      ...{ environmentId: environment.id, clientId: client.id, authorization },
      offline: authorization.scope.has('offline_access'),
      family: { salt: SALT, idle, absolute },
    });
    if (authorizationId === undefined) throw lostRace();
    return { authorizationId, refreshToken: codec.format(authorizationId, SALT, 0) };
  };
}

function lostRace(): OAuthError {
  return new OAuthError('invalid_grant', { reason: 'harness.lost_race' });
}

/** What a constructor may ask for, by class. */
function storesOf(
  stores: MemoryStores,
  codec = new RefreshTokenCodec(CODEC_KEY),
): (readonly [token: unknown, value: unknown])[] {
  return [
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
  ];
}
