import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * A process of ours that loads the machine, so that its work does not delay the one that measures. It ends with whoever
 * started it.
 */
export class HelperProcess<Order extends object, Report extends object> {
  private constructor(private readonly child: ChildProcess) {}

  /** @param script the compiled file */
  static start<Order extends object, Report extends object>(script: URL): HelperProcess<Order, Report> {
    return new HelperProcess(fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** @returns what it reports of it @throws Error when it ends instead */
  async ask(order: Order): Promise<Report> {
    const gone = new AbortController();
    const ended = once(this.child, 'exit', { signal: gone.signal }).then(() => {
      throw new Error('a helper of the bench ended');
    });
    ended.catch(() => {}); // Nobody waits for it any more once there is a report.
    this.child.send(order);
    try {
      const [report] = (await Promise.race([once(this.child, 'message', { signal: gone.signal }), ended])) as [Report];
      return report;
    } finally {
      gone.abort();
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
  }
}

/** In the helper: carries out one order after the other. */
export function obey<Order extends object, Report extends object>(act: (order: Order) => Promise<Report>): void {
  process.on('message', (order) => void act(order as Order).then((report) => process.send?.(report)));
  process.on('disconnect', () => process.exit());
}
