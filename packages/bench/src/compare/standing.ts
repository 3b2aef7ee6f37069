import type { Entrant } from '../contenders/together.js';
import { median } from '../load/statistics.js';
import { memoryByName } from '../measure/by-name.js';
import { timeToFirstToken } from '../measure/start-up.js';

/** What a contender takes before anybody asks it for much. */
export class Standing {
  private constructor(
    private readonly entrant: Entrant,
    /** Milliseconds. */
    private readonly start: number,
    private readonly idle: ReadonlyMap<string, number>,
  ) {}

  /** Restarts each entrant in turn, as often as there are rounds. */
  static async of(entrants: readonly Entrant[], rounds: number, say: (line: string) => void): Promise<Standing[]> {
    const starts = new Map<Entrant, number[]>(entrants.map((entrant) => [entrant, []]));
    for (let n = 1; n <= rounds; n += 1) {
      for (const [entrant, all] of starts) {
        const took = await timeToFirstToken(entrant.running);
        say(`start ${n}/${rounds} ${entrant.contender.name}: first token after ${took.toFixed(0)} ms`);
        all.push(took);
      }
    }
    return [...starts].map(([entrant, all]) => new Standing(entrant, median(all), memoryByName(entrant.running)));
  }

  /** To be asked when the load is over. */
  print(say: (line: string) => void): void {
    const { contender } = this.entrant;
    say('');
    say(`${contender.name}: first token ${this.start.toFixed(0)} ms after its start; MB resident, idle and loaded:`);
    for (const [name, loaded] of memoryByName(this.entrant.running)) {
      say(
        `    ${name.padEnd(16)} ${(this.idle.get(name) ?? 0).toFixed(0).padStart(5)} ${loaded.toFixed(0).padStart(6)}`,
      );
    }
  }
}
