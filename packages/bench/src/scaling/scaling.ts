import { compare, type Row } from '../compare/rounds.js';
import { tableOf } from '../compare/table.js';
import type { Contender } from '../contenders/contender.js';
import { startDistributed } from '../contenders/grantway/distributed.js';
import { together } from '../contenders/together.js';
import { W1, W2 } from '../workloads/client-credentials.js';
import { W4 } from '../workloads/people.js';

/** What a second process of the token service gains, on the same processors. */
export async function scaling(say: (line: string) => void): Promise<boolean> {
  const rows = await together([1, 2].map(withTokens), async (entrants) => {
    const measured: Row[] = [];
    for (const workload of [W1, W2, W4]) measured.push(...(await compare(workload, entrants, 3, say)));
    return measured;
  });
  for (const line of tableOf(rows)) say(line);
  return true;
}

function withTokens(token: number): Contender {
  const name = token === 1 ? 'one token process' : `${token} token processes`;
  return { name, without: [], start: () => startDistributed({ replicas: { token } }) };
}
