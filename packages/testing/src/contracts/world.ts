import type {
  AttemptLimits,
  AuditEvents,
  AuthorizationAnswers,
  AuthorizationCodes,
  Authorizations,
  BackchannelRequests,
  Clients,
  Consents,
  DeviceAuthorizations,
  EnvironmentConfig,
  Environments,
  Flows,
  KeySchedule,
  NewAuthorizationCode,
  OneTimeCodes,
  OpaqueAccessTokens,
  PushedRequests,
  Resources,
  RevokedTokens,
  ServiceAccounts,
  Sessions,
  SigningKeys,
  UsedJwts,
  UserDirectory,
} from '@grantway/domain';
import { MemoryStores } from '../memory/memory-stores.js';

/** Every port, as one process has them. */
export interface Stores {
  readonly environments: Environments;
  readonly clients: Clients;
  readonly resources: Resources;
  readonly users: UserDirectory;
  readonly serviceAccounts: ServiceAccounts;
  readonly signingKeys: SigningKeys;
  readonly keySchedule: KeySchedule;
  readonly sessions: Sessions;
  readonly flows: Flows;
  readonly codes: AuthorizationCodes;
  readonly answers: AuthorizationAnswers;
  readonly pushed: PushedRequests;
  readonly devices: DeviceAuthorizations;
  readonly backchannel: BackchannelRequests;
  readonly authorizations: Authorizations;
  readonly consents: Consents;
  readonly attempts: AttemptLimits;
  readonly audit: AuditEvents;
  readonly oneTimeCodes: OneTimeCodes;
  readonly opaqueAccessTokens: OpaqueAccessTokens;
  readonly revokedTokens: RevokedTokens;
  readonly usedJwts: UsedJwts;
}

/** What a contract suite runs in: the stores of two replicas over one storage, and a way to let time go by. */
export interface World {
  readonly replicas: readonly [Stores, Stores];
  /** Makes everything stored `seconds` older. */
  elapse(seconds: number): Promise<void>;
  configure(config: EnvironmentConfig): Promise<void>;
  close(): Promise<void>;
}

/** A world of memory stores. They hold no state outside the process, so both replicas are the same. */
export async function memoryWorld(): Promise<World> {
  const stores = new MemoryStores();
  return {
    replicas: [stores, stores],
    elapse: async (seconds) => stores.clock.elapse(seconds),
    configure: async (config) => stores.configure(config),
    close: async () => {},
  };
}

/** A world opened before the suite it is called in and closed after it. */
export function worldOf(open: () => Promise<World>): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await open();
  });
  afterAll(async () => {
    await world?.close();
  });
  return () => {
    if (!world) throw new Error('the world is opened before the first test, not while tests are declared');
    return world;
  };
}

/** Runs `work` this many times at once, spread over both replicas. */
export function inParallel<Result>(
  { replicas }: World,
  times: number,
  work: (stores: Stores, n: number) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => work(replicas[index % 2 ? 1 : 0], index)));
}

/** Waits until `holds` does, as long as a change may take to bite (design section 4.6). */
export async function eventually(holds: () => Promise<boolean>, within = 1000): Promise<void> {
  const deadline = Date.now() + within;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`it did not come true within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

let environments = 0;

/** An environment no other test has touched. */
export function freshEnvironmentId(): string {
  environments++;
  return `env-${process.pid}-${Date.now().toString(36)}-${environments}`;
}

/** The handle with one character of its secret changed. */
export function altered(handle: string): string {
  const at = handle.length - 10;
  return handle.slice(0, at) + (handle[at] === 'A' ? 'B' : 'A') + handle.slice(at + 1);
}

/** A code as an authorization response hands it out. */
export async function issueCode({ answers }: Pick<Stores, 'answers'>, code: NewAuthorizationCode): Promise<string> {
  const { environmentId, clientId } = code;
  const issued = await answers.issue({ environmentId, clientId }, { code });
  if (issued?.code === undefined) throw new Error('no code was issued');
  return issued.code;
}
