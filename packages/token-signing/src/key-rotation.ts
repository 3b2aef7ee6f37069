import { KeySchedule, KeyState, KeyStep, SigningAlgorithm, SigningKeys } from '@grantway/domain';
import { KeyLifecycle } from './key-lifecycle.js';
import { KeyRing } from './key-ring.js';

/** Steps one sweep takes at most: an installation that is rotated for the first time makes its keys little by little. */
const MOST_AT_ONCE = 50;

/** What a sweep did, and what it could not. `kid` is the key that was announced, activated or retired. */
export interface Sweep {
  readonly done: readonly KeyStep[];
  readonly failed: readonly { readonly step: KeyStep; readonly error: unknown }[];
}

export interface AnnouncedKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
}

export interface RemovedKey {
  /** What it was. */
  readonly before: KeyState;
  readonly algorithm: SigningAlgorithm;
  /** The kid of the key that signs in its place, if it was active. */
  readonly replacement?: string;
}

/**
 * Takes keys through their states (design section 6, adr/0002). Nothing here remembers anything: what is due is read from the
 * table each time, and each step is one conditional write, so any number of processes may do this, and any of them may die over it.
 */
export class KeyRotation {
  constructor(
    private readonly keys: SigningKeys,
    private readonly schedule: KeySchedule,
    private readonly lifecycle: KeyLifecycle,
    private readonly ring: KeyRing,
  ) {}

  /** Takes the steps that are due, in every environment. @param signal aborted, it takes no more */
  async sweep(signal?: AbortSignal): Promise<Sweep> {
    const done: KeyStep[] = [];
    const failed: { step: KeyStep; error: unknown }[] = [];
    for (const step of await this.schedule.due(MOST_AT_ONCE)) {
      if (signal?.aborted) break;
      try {
        const kid = await this.#take(step);
        if (kid !== undefined) done.push({ ...step, kid });
      } catch (error) {
        failed.push({ step, error });
      }
    }
    return { done, failed };
  }

  /**
   * Announces a successor to the active key of each algorithm, or of one, whatever the schedule says. Sweeps take it from there.
   * @throws Error when the active key does not open: a successor sealed with another master key could not sign
   */
  async announce(environmentId: string, only?: SigningAlgorithm): Promise<AnnouncedKey[]> {
    const keys = await this.keys.list(environmentId);
    const active = keys.filter(({ state, algorithm }) => state === 'active' && (!only || algorithm === only));
    for (const { kid } of active) await this.ring.tryOut(environmentId, kid);
    const announced: AnnouncedKey[] = [];
    for (const { algorithm } of active) {
      announced.push({ algorithm, kid: await this.lifecycle.announce(environmentId, algorithm) });
    }
    return announced;
  }

  /**
   * Emergency: what the key signed is worthless from now on, and if it was active another signs in its place at once.
   * @returns undefined when it is retired already, or none of the environment's
   */
  async remove(environmentId: string, kid: string): Promise<RemovedKey | undefined> {
    const key = (await this.keys.list(environmentId)).find((one) => one.kid === kid);
    if (!key) return undefined;
    const { algorithm } = key;
    // Made always: it may become active between this look and the removal.
    const next = await this.lifecycle.make(environmentId, algorithm, 'active');
    const before = await this.schedule.remove(kid, next);
    if (before === undefined) return undefined;
    return { before, algorithm, ...(before === 'active' && { replacement: next.kid }) };
  }

  /** @returns the kid of the key whose state changed; undefined when another process was faster */
  async #take({ environmentId, kid, algorithm, step }: KeyStep): Promise<string | undefined> {
    switch (step) {
      case 'follow': {
        await this.ring.tryOut(environmentId, kid);
        const next = await this.lifecycle.make(environmentId, algorithm, 'announced');
        return (await this.schedule.follow(next)) ? next.kid : undefined;
      }
      case 'activate':
        await this.ring.tryOut(environmentId, kid);
        return (await this.schedule.activate(environmentId, kid)) ? kid : undefined;
      case 'retire':
        return (await this.schedule.retire(environmentId, kid)) ? kid : undefined;
    }
  }
}
