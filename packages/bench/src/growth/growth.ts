import { compare, type Row } from '../compare/rounds.js';
import { tableOf } from '../compare/table.js';
import type { Contender } from '../contenders/contender.js';
import { grantwayStandalone } from '../contenders/grantway/standalone.js';
import { together } from '../contenders/together.js';
import { W4, W5 } from '../workloads/people.js';
import { fill } from './fill.js';

const SIZES = [0, 100_000, 1_000_000];
/** How much dearer a request may be in the fullest database than in the empty one. */
const MOST_GROWN = 1.15;

/** Whether refreshing and exchanging cost the same with a million live authorizations as with none. */
export async function growth(say: (line: string) => void): Promise<boolean> {
  const rows = await together(SIZES.map(filledWith), async (entrants) => {
    const measured: Row[] = [];
    for (const workload of [W4, W5]) measured.push(...(await compare(workload, entrants, 3, say)));
    return measured;
  });
  for (const line of tableOf(rows)) say(line);
  const tooDear = rows.filter(({ workload, cpuPer1000 }) => {
    const empty = rows.find((row) => row.workload === workload);
    return cpuPer1000 > MOST_GROWN * (empty?.cpuPer1000 ?? Number.NaN);
  });
  for (const { workload, contender } of tooDear)
    say(`${workload} is more than ${MOST_GROWN} times as dear ${contender}`);
  return tooDear.length === 0;
}

function filledWith(many: number): Contender {
  return {
    ...{ name: `with ${many.toLocaleString('en')}`, without: [] },
    async start() {
      const running = await grantwayStandalone.start();
      await fill(running.databaseUrl ?? '', many);
      return running;
    },
  };
}
