import {
  Client,
  Clients,
  Environments,
  issuerOf,
  Resources,
  ServiceAccount,
  ServiceAccountSettings,
  ServiceAccounts,
} from '@grantway/domain';
import { KeyLifecycle, SERVICE_TOKEN_ALGORITHM, ServiceTokenMinter } from '@grantway/token-signing';
import { EnvironmentApplier } from '../environment-applier.js';
import { NoInstallation } from '../installation.js';
import { BadInput } from './hash.command.js';
import { AccountWords } from './service-account.args.js';

const ID = /^[A-Za-z0-9_-]{1,64}$/;
const LONGEST_NAME = 64;
const LONGEST_DESCRIPTION = 200;

/** A token that was just made; it is shown once (S8). */
export interface MadeToken {
  readonly account: ServiceAccount;
  readonly token: string;
  readonly expiresAt: Date;
}

/** What an operator does to the service accounts of one environment. Whatever is refused has written nothing. */
export class ServiceAccountOperations {
  constructor(
    private readonly accounts: ServiceAccounts,
    private readonly environments: Environments,
    private readonly clients: Clients,
    private readonly resources: Resources,
    private readonly applier: EnvironmentApplier,
    private readonly keys: KeyLifecycle,
    private readonly tokens: ServiceTokenMinter,
    private readonly publicUrl: string | undefined,
  ) {}

  async create(environmentId: string, id: string, words: AccountWords): Promise<MadeToken> {
    const { name = id, description, client, scopes, bindings = [], lifetime = 0 } = words;
    await this.#requireEnvironment(environmentId);
    if (!ID.test(id)) throw new BadInput('the id must be letters, digits, - and _, at most 64 of them');
    if (client === undefined) throw new BadInput('--client is missing: the client that owns the account');
    if (scopes === undefined) throw new BadInput('--scopes is missing: what its tokens may carry');
    if (await this.accounts.find(environmentId, id)) throw new BadInput(`there is a service account ${id} already`);
    const settings = { environmentId, id, name, enabled: true, clientId: client, scopes, bindings };
    const account = { ...settings, ...(description && { description }) };
    await this.#requireInOrder(account);
    return this.#withToken(environmentId, id, lifetime, () => this.accounts.save(account));
  }

  async update(environmentId: string, id: string, words: AccountWords): Promise<boolean> {
    const account = await this.#findOwn(environmentId, id);
    const { name, description, client: clientId, scopes, bindings } = words;
    const changes = {
      ...(name !== undefined && { name }),
      ...(clientId !== undefined && { clientId }),
      ...(scopes && { scopes }),
      ...(bindings && { bindings }),
    };
    const { description: before, ...kept } = account;
    const after = description ?? before;
    await this.#requireInOrder({ ...kept, ...changes, ...(after && { description: after }) });
    const said = { ...changes, ...(description !== undefined && { description }) };
    return this.accounts.change(environmentId, id, said);
  }

  async switch(environmentId: string, id: string, enabled: boolean): Promise<boolean> {
    await this.#findOwn(environmentId, id);
    return this.accounts.change(environmentId, id, { enabled });
  }

  async regenerate(environmentId: string, id: string, { lifetime = 0 }: AccountWords): Promise<MadeToken> {
    await this.#find(environmentId, id);
    return this.#withToken(environmentId, id, lifetime, async () => {});
  }

  async delete(environmentId: string, id: string): Promise<void> {
    await this.#findOwn(environmentId, id);
    if (!(await this.accounts.remove(environmentId, id))) throw noAccount(id);
  }

  async list(environmentId: string, { client }: AccountWords): Promise<readonly ServiceAccount[]> {
    await this.#requireEnvironment(environmentId);
    return this.accounts.list(environmentId, client);
  }

  /** The token is signed before anything is written: what cannot be signed kills no token that works. */
  async #withToken(
    environmentId: string,
    id: string,
    lifetime: number,
    write: () => Promise<unknown>,
  ): Promise<MadeToken> {
    if (!this.publicUrl) throw new NoInstallation('No public address: set PUBLIC_URL to the one the services use');
    const issuer = issuerOf(this.publicUrl, environmentId);
    // Else a key made here would be sealed with what the services do not have.
    await this.applier.requireItsKey({ environment: { id: environmentId } });
    await this.keys.ensure(environmentId, [SERVICE_TOKEN_ALGORITHM]);
    const { token, jtiHash, expiresAt } = await this.tokens.mint({ environmentId, issuer, accountId: id, lifetime });
    await write();
    const account = await this.accounts.rotate(environmentId, id, jtiHash);
    if (!account) throw noAccount(id);
    return { account, token, expiresAt };
  }

  async #find(environmentId: string, id: string): Promise<ServiceAccount> {
    await this.#requireEnvironment(environmentId);
    const account = await this.accounts.find(environmentId, id);
    if (!account) throw noAccount(id);
    return account;
  }

  /** One that is not the environment file's: the next apply would undo what is changed, and bring back what is deleted. */
  async #findOwn(environmentId: string, id: string): Promise<ServiceAccount> {
    const account = await this.#find(environmentId, id);
    if (account.fromFile) throw new BadInput(`${id} belongs to the environment file: change it there`);
    return account;
  }

  async #requireEnvironment(id: string): Promise<void> {
    if (!(await this.environments.find(id))) throw new BadInput(`there is no environment ${shown(id)}`);
  }

  async #requireInOrder(account: ServiceAccountSettings): Promise<void> {
    requireText('name', account.name, LONGEST_NAME);
    requireText('description', account.description ?? '-', LONGEST_DESCRIPTION);
    const owner = await this.#client(account.environmentId, account.clientId);
    const catalog = await this.resources.catalog(account.environmentId);
    for (const scope of account.scopes) {
      if (!owner.scopes.includes(scope)) throw new BadInput(`the client ${owner.id} has no scope ${shown(scope)}`);
      if (catalog.needsUser(scope)) throw new BadInput(`the scope ${scope} needs a user`);
    }
    for (const id of account.bindings) await this.#client(account.environmentId, id);
  }

  async #client(environmentId: string, id: string): Promise<Client> {
    const client = await this.clients.find(environmentId, id);
    if (!client) throw new BadInput(`there is no client ${shown(id)}`);
    return client;
  }
}

function requireText(what: string, text: string, longest: number): void {
  if (text.trim() !== '' && text.length <= longest && !/\p{Cc}/u.test(text)) return;
  throw new BadInput(`the ${what} must be 1 to ${longest} characters, without control characters`);
}

function noAccount(id: string): BadInput {
  return new BadInput(`there is no service account ${shown(id)}`);
}

/** Of what somebody typed: on one line, and no more of it than helps. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, LONGEST_NAME));
}
