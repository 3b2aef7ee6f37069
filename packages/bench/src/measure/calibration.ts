import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:net';
import { Connection } from '../load/connection.js';

const TURNS = 4_000;

/**
 * Work that is always the same, of the kinds that a request is made of: JSON, a keyed hash, a signature, and a question over a
 * socket with its answer. What it costs here and now is the unit in which requests are compared with those of another day.
 *
 * @returns seconds of processor time of one turn
 */
export async function calibrate(): Promise<number> {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = createServer((socket) => socket.on('data', () => socket.write(ANSWER)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const connection = await Connection.open(`http://127.0.0.1:${port}/`);
  try {
    for (let turn = 0; turn < TURNS / 5; turn += 1) await work(connection, key);
    const before = process.cpuUsage();
    for (let turn = 0; turn < TURNS; turn += 1) await work(connection, key);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000_000 / TURNS;
  } finally {
    connection.close();
    server.close();
  }
}

const CLAIMS = {
  iss: 'https://example.com',
  scope: ['read', 'write'],
  aud: 'https://api.example',
  padding: 'x'.repeat(400),
};
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

async function work(connection: Connection, key: Parameters<typeof sign>[2]): Promise<void> {
  const text = JSON.stringify(JSON.parse(JSON.stringify(CLAIMS)));
  createHmac('sha256', 'key').update(text).digest('base64url');
  sign('sha256', Buffer.from(text), key);
  await connection.send({ url: 'http://127.0.0.1/' });
}
