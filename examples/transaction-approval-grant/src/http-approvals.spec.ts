import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { approvalSystem } from './approval-system/approval-system.js';
import { HttpApprovals } from './http-approvals.js';

const TRANSACTION = { id: 'tx-4711', amount: 1_250_000, currency: 'EUR', payee: 'Ship & Sail Ltd' };
const FACTS = { environment: 'acme', client: 'back-office', employee: 'emp-17', transaction: TRANSACTION };

describe('the approval system, asked by HTTP', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const listening = async (made: Server): Promise<string> => {
    server = made.listen(0, '127.0.0.1');
    await once(made, 'listening');
    return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  };
  const answering = (status: number, body: string) =>
    listening(createServer((_request, response) => response.writeHead(status).end(body)));

  it('house: a code is found with its transaction, and with no other', async () => {
    const url = await listening(approvalSystem('secret'));
    const headers = { authorization: 'Bearer secret' };
    const made = await fetch(`${url}/approvals`, { method: 'POST', headers, body: JSON.stringify(FACTS) });
    const { code } = (await made.json()) as { code: string };
    const approvals = new HttpApprovals(url, 'secret');
    const { approvedAt, expiresAt, id, ...approval } = {
      id: '',
      approvedAt: 0,
      expiresAt: 0,
      ...(await approvals.find('tx-4711', code)),
    };
    assert.deepEqual(approval, { state: 'approved', ...FACTS });
    assert.ok(approvedAt instanceof Date && expiresAt instanceof Date && approvedAt < expiresAt);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(await approvals.find('tx-4712', code), { state: 'unknown' });
    assert.deepEqual(await approvals.find('tx-4711', 'guess'), { state: 'unknown' });
  });

  it('I4 nothing but an answer is a verdict', async () => {
    const away = { name: 'ApprovalsAway' };
    const url = await listening(approvalSystem('secret'));
    await assert.rejects(new HttpApprovals(url, 'wrong').find('tx-4711', 'x'), away);
    await assert.rejects(new HttpApprovals('http://127.0.0.1:1', 'secret').find('tx-4711', 'x'), away);
  });

  for (const [what, status, body] of [
    ['a failure', 500, '{}'],
    ['nothing there', 404, '{}'],
    ['a page', 200, '<html>'],
    ['something else', 200, '{"state":"approved"}'],
    ['a state nobody knows', 200, JSON.stringify({ ...FACTS, id: '1', state: 'maybe' })],
    ['no dates', 200, JSON.stringify({ ...FACTS, id: '1', state: 'approved', approvedAt: 'x', expiresAt: 'y' })],
  ] as const) {
    it(`I4 ${what} is no verdict`, async () => {
      await assert.rejects(new HttpApprovals(await answering(status, body), 'secret').find('tx-4711', 'x'), {
        name: 'ApprovalsAway',
      });
    });
  }

  it('I4 one that does not answer is not waited for for ever', async () => {
    const url = await listening(createServer(() => {}));
    await assert.rejects(new HttpApprovals(url, 'secret', 50).find('tx-4711', 'x'), { name: 'ApprovalsAway' });
  });
});
