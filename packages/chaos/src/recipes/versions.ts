import { repositoryRoot } from '@grantway/local-services';
import type { Recipe } from '../recipe.js';
import { versionBefore } from '../versions/version-before.js';
import { claimEnds, rollAll } from './rolling.js';

/** @param cycles times that everything is replaced by the newer version and by the older one again */
export const versions = (cycles = 10): Recipe => ({
  number: 21,
  title: `versions: N and N+1 side by side through a migration, rolled to and fro, ${cycles} cycles`,
  underLoad: true,
  // The version before may not know yet how to send those elsewhere who keep a connection straight to a gateway.
  without: ['regular'],
  faultless: true,
  begin: versionBefore,
  async run(trial) {
    const { house, version } = trial;
    if (!version) throw new Error('this recipe needs a version to begin with');
    const count = async () =>
      (await house.sql<{ n: number }>('SELECT count(*)::int AS n FROM _prisma_migrations'))[0]?.n ?? 0;
    const before = await count();
    await house.admin(['migrate'], repositoryRoot);
    const after = await count();
    trial.fault('migration under load');
    trial.claim('I10', after > before, `from ${before} to ${after} migrations while ${version.name} served`);
    const hasTime = trial.lasts(3_600);
    const stubborn: string[] = [];
    let done = 0;
    for (; done < cycles && (done === 0 || hasTime()); done += 1) {
      for (const to of [repositoryRoot, version.root]) {
        trial.say(`   cycle ${done + 1} of ${cycles}: to ${to === version.root ? version.name : 'N+1'}`);
        for (const { name } of house.processes) house.runFrom(name, to);
        stubborn.push(...(await rollAll(trial)));
      }
    }
    claimEnds(trial, stubborn);
    trial.notes.push(`${done} cycles ${version.name} → N+1 → N on one database and one bus`);
  },
});
