import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { grantway } from './admin.js';
import { App } from './app.js';
import { Person } from './person.js';
import { target } from './target.js';

/** What an environment file says, as far as the tests say it (docs/environment-files.md has it all). */
export interface EnvironmentFile {
  environment: string;
  name?: string;
  demo?: boolean;
  grantTypes?: string[];
  pkce?: 'public' | 'required';
  lifetimes?: Record<string, number>;
  signing?: { idToken?: string; accessToken?: string; rotateEvery?: number; announceFor?: number };
  passwordChangeEndsRefresh?: boolean;
  par?: 'optional' | 'required';
  outbound?: { privateAddresses?: boolean };
  userCode?: { characters?: 'consonants' | 'letters' | 'digits'; length?: number };
  accounts?: { recovery?: boolean; registration?: boolean; messagesUrl?: string };
  resources?: ResourceEntry[];
  clients: ClientEntry[];
  users: UserEntry[];
  serviceAccounts?: ServiceAccountEntry[];
}

export interface ResourceEntry {
  name: string;
  audience: string;
  accessTokenLifetime?: number;
  accessTokenFormat?: 'jwt' | 'opaque';
  accessTokenAlgorithm?: 'ES256' | 'RS256';
  introspectionSecret?: string;
  mayAct?: { sub?: string; client_id?: string };
  scopes: { name: string; description?: string; userOnly?: boolean }[];
}

export interface ClientEntry {
  id: string;
  name?: string;
  enabled?: boolean;
  auth: 'none' | 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt' | 'private_key_jwt';
  secret?: string;
  secretForSigning?: boolean;
  jwks?: { keys: object[] };
  jwksUri?: string;
  grantTypes: string[];
  responseTypes?: string[];
  redirectUris?: string[];
  postLogoutRedirectUris?: string[];
  allowedOrigins?: string[];
  scopes?: string[];
  defaultScopes?: string[];
  trusted?: boolean;
  pkce?: 'required';
  refresh?: { idle?: number; absolute?: number; grace?: number; onReuse?: string; withoutOfflineAccess?: boolean };
  accessTokenLifetime?: number;
  multipleResources?: boolean;
  par?: { required?: boolean; lifetime?: number };
  requestObjects?: 'optional' | 'required';
  device?: { pathId?: string; verificationUri?: string; lifetime?: number; interval?: number; refresh?: boolean };
  backchannel?: {
    delivery?: 'poll' | 'ping' | 'push';
    notificationEndpoint?: string;
    userCode?: boolean;
    signedRequests?: boolean;
  };
  exchange?: { impersonation?: boolean; allowedDelegators?: string[] };
  legacy?: Record<string, boolean>;
}

export interface UserEntry {
  id?: string;
  username: string;
  password?: string;
  mustChangePassword?: boolean;
  /** For backchannel requests. */
  userCode?: string;
  status?: 'active' | 'locked' | 'disabled';
  claims?: Record<string, unknown>;
}

export interface ServiceAccountEntry {
  id: string;
  name?: string;
  description?: string;
  enabled?: boolean;
  client: string;
  scopes: string[];
  bindings?: string[];
}

export const ORDERS = 'https://api.example/orders';
export const BILLING = 'https://api.example/billing';
export const REDIRECT = 'https://rp.example/callback';
export const ADA = { username: 'ada', password: 'correct horse battery' };
export const SECRET = 'a-secret-of-some-length';

const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'orders:read', 'orders:write'];

/** An ordinary environment: one web client, one public client, one service, two users, two resources. */
export function ordinary(id: string): EnvironmentFile {
  return {
    environment: id,
    name: `Environment ${id}`,
    demo: true,
    resources: [
      {
        name: 'orders',
        audience: ORDERS,
        scopes: [
          { name: 'orders:read', description: 'See your orders' },
          { name: 'orders:write', description: 'Change your orders', userOnly: true },
        ],
      },
      { name: 'billing', audience: BILLING, scopes: [{ name: 'billing:read', description: 'See your bills' }] },
    ],
    clients: [
      {
        id: 'web',
        name: 'Web Shop',
        auth: 'client_secret_basic',
        secret: SECRET,
        grantTypes: ['authorization_code', 'refresh_token'],
        redirectUris: [REDIRECT],
        scopes: SCOPES,
      },
      {
        id: 'spa',
        name: 'Single Page',
        auth: 'none',
        grantTypes: ['authorization_code', 'refresh_token'],
        redirectUris: ['https://spa.example/callback'],
        allowedOrigins: ['https://spa.example'],
        scopes: SCOPES,
      },
      {
        id: 'service',
        name: 'Service',
        auth: 'client_secret_basic',
        secret: SECRET,
        grantTypes: ['client_credentials'],
        scopes: ['orders:read', 'billing:read'],
        defaultScopes: ['orders:read'],
      },
    ],
    users: [
      { ...ADA, claims: { name: 'Ada Lovelace', given_name: 'Ada', email: 'ada@example.com', email_verified: true } },
      { username: 'grace', password: 'another horse battery', claims: { name: 'Grace Hopper' } },
    ],
  };
}

/** An environment of a test's own, applied by the command an operator would use. */
export class Tenant {
  private constructor(readonly file: EnvironmentFile) {}

  /** @param change edits the ordinary file before it is applied */
  static async create(
    change: (file: EnvironmentFile) => void = () => {},
    id = `t-${randomBytes(5).toString('hex')}`,
  ): Promise<Tenant> {
    const file = ordinary(id);
    change(file);
    const tenant = new Tenant(file);
    await tenant.apply();
    return tenant;
  }

  get id(): string {
    return this.file.environment;
  }

  get issuer(): string {
    return `${target.baseUrl}/${this.id}/as`;
  }

  /** Edits the file and applies it again. */
  async change(edit: (file: EnvironmentFile) => void): Promise<void> {
    edit(this.file);
    await this.apply();
  }

  client(id: string): ClientEntry {
    const client = this.file.clients.find((entry) => entry.id === id);
    if (!client) throw new Error(`no client ${id}`);
    return client;
  }

  user(username: string): UserEntry {
    const user = this.file.users.find((entry) => entry.username === username);
    if (!user) throw new Error(`no user ${username}`);
    return user;
  }

  /** The application behind a client. */
  app(id = 'web'): App {
    const { redirectUris, secret, scopes } = this.client(id);
    return new App(target.baseUrl, this.id, id, redirectUris?.[0] ?? REDIRECT, secret, scopes?.join(' '));
  }

  person(): Person {
    return new Person(target.baseUrl);
  }

  async apply(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'grantway-'));
    const path = join(folder, `${this.id}.yaml`);
    try {
      await writeFile(path, stringify(this.file));
      await grantway('apply', path);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
