import { join } from 'node:path';
import { freePort, ManagedProcess, repositoryRoot } from '@grantway/local-services';
import { stopLater } from './running.mjs';

const EXAMPLE = join(repositoryRoot, 'examples/transaction-approval-grant/dist');
const APPROVALS_TOKEN = 'what-the-grant-asks-with';

/**
 * The approval system of examples/transaction-approval-grant, whose grant runs inside a process of Grantway's: in the token service
 * of the one mode, in a grant host of the other. Its address is GRANTWAY_<MODE>_APPROVALS_URL.
 *
 * @returns what GRANTS calls the grant, and what its process is told of the approval system
 */
export async function startBank(mode) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const approvals = new ManagedProcess({
    name: 'approvals',
    script: join(EXAMPLE, 'approval-system/main.js'),
    ownGroup: false,
    onUnexpectedExit: (how) =>
      console.error(`the approval system ended (${how}): ${approvals.lastLines(5).join(' | ')}`),
    env: { APPROVALS_TOKEN, PORT: String(port) },
  });
  stopLater(() => approvals.kill());
  await approvals.start();
  process.env[`GRANTWAY_${mode.toUpperCase()}_APPROVALS_URL`] = url;
  return { grant: join(EXAMPLE, 'hosted.js'), env: { APPROVALS_URL: url, APPROVALS_TOKEN } };
}
