import { Environments, KeyRecord, KeySchedule, SigningAlgorithm } from '@grantway/domain';
import { KeyRotation, RemovedKey } from '@grantway/token-signing';
import { EnvironmentApplier } from '../environment-applier.js';
import { BadInput } from './hash.command.js';

/** What an operator does to the signing keys of one environment. Whatever is refused has written nothing. */
export class KeysOperations {
  constructor(
    private readonly environments: Environments,
    private readonly schedule: KeySchedule,
    private readonly rotation: KeyRotation,
    private readonly applier: EnvironmentApplier,
  ) {}

  async list(environmentId: string): Promise<readonly KeyRecord[]> {
    await this.#requireEnvironment(environmentId);
    return this.schedule.records(environmentId);
  }

  /** @returns what was announced */
  async rotate(environmentId: string, algorithm?: SigningAlgorithm): Promise<readonly KeyRecord[]> {
    await this.#requireItsKey(environmentId);
    const kids = (await this.rotation.announce(environmentId, algorithm)).map(({ kid }) => kid);
    if (kids.length === 0) {
      throw new BadInput(`${environmentId} has no key${algorithm ? ` of ${algorithm}` : ''} to rotate: apply its file`);
    }
    return (await this.schedule.records(environmentId)).filter(({ kid }) => kids.includes(kid));
  }

  async remove(environmentId: string, kid: string): Promise<RemovedKey> {
    await this.#requireItsKey(environmentId);
    const removed = await this.rotation.remove(environmentId, kid);
    if (!removed) throw new BadInput(`${environmentId} has no key ${JSON.stringify(kid.slice(0, 64))} in use`);
    return removed;
  }

  /** Else a key made here would be sealed with what the services do not have. */
  async #requireItsKey(environmentId: string): Promise<void> {
    await this.#requireEnvironment(environmentId);
    await this.applier.requireItsKey({ environment: { id: environmentId } });
  }

  async #requireEnvironment(id: string): Promise<void> {
    if (!(await this.environments.find(id))) {
      throw new BadInput(`there is no environment ${JSON.stringify(id.slice(0, 64))}`);
    }
  }
}
