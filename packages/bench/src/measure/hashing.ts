import { hash, verify } from '@node-rs/argon2';

/** As Grantway keeps passwords: argon2id, 19 MiB, two passes, one lane. */
const KEPT = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CHECKS = 50;

/** Seconds of processor time that checking one password takes. */
export async function hashingCost(): Promise<number> {
  const kept = await hash('correct horse battery', KEPT);
  const before = process.cpuUsage();
  for (let checked = 0; checked < CHECKS; checked += 1) await verify(kept, 'correct horse battery');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000 / CHECKS;
}
