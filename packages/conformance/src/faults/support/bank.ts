import { join } from 'node:path';
import { describeGrantService, freePort, ManagedProcess, repositoryRoot } from '@grantway/local-services';
import { APPROVALS_TOKEN, BackOffice } from '../../support/back-office.js';
import { eventually } from '../../support/eventually.js';
import type { PrivateFleet } from './private-fleet.js';
import { done } from './team.js';

const FOLDER = join(repositoryRoot, 'examples/transaction-approval-grant');

/** The bank of examples/transaction-approval-grant: its grant as a process, and its approval system played. */
export class Bank {
  static readonly slug = 'transaction-approval';

  private constructor(
    readonly office: BackOffice,
    private readonly approvals: ManagedProcess,
    private readonly grant: ManagedProcess,
  ) {}

  static test(): Promise<string> {
    return done('npm', ['test'], FOLDER);
  }

  static async open(house: PrivateFleet): Promise<Bank> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const approvals = new ManagedProcess({
      ...{ name: 'approvals', script: join(FOLDER, 'dist/approval-system/main.js'), ownGroup: false },
      env: { APPROVALS_TOKEN, PORT: String(port) },
    });
    const grant = await describeGrantService({
      ...{ name: 'grant-transaction-approval-1', script: join(FOLDER, 'dist/main.js'), ownGroup: false },
      ...{ natsUrl: house.natsUrl, seedFile: house.identities?.seedFile(`grant-${Bank.slug}`) },
      env: { APPROVALS_URL: url, APPROVALS_TOKEN },
    });
    await Promise.all([approvals.start(), grant.start()]);
    const answers = () =>
      fetch(url).then(
        ({ status }) => status,
        () => 0,
      );
    await eventually(answers, (status) => status === 401);
    return new Bank(new BackOffice(url, house.app().environment), approvals, grant);
  }

  /** The approval system goes away; the grant stays. */
  async close(): Promise<void> {
    await this.approvals.kill();
  }

  /** A warning, and no error: nothing is wrong with the grant. */
  saidThatItIsAway(): boolean {
    const lines = this.grant
      .lastLines()
      .map((line) => JSON.parse(line) as { level: number; err?: { message: string } });
    const said = lines.some(
      ({ level, err }) => level === 40 && err?.message.startsWith('the approval system cannot be reached'),
    );
    return said && lines.every(({ level }) => level < 50);
  }

  async stop(): Promise<void> {
    await Promise.all([this.approvals.kill(), this.grant.stop()]);
  }
}
