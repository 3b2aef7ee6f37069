import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Tenant } from './support/environments.js';
import { target } from './support/target.js';

/** Each begins a request and never ends it; the limit is written beside it. */
const SLOW = {
  'headers that stop': { begin: 'POST /x/as/token HTTP/1.1\r\nHost: x\r\n', limit: 10 },
  'headers that drip': { begin: 'GET /x/as/jwks HTTP/1.1\r\nHost: x\r\n', drip: 'a: b\r\n', limit: 10 },
  'a request line that stops': { begin: 'GET /x/as/jw', limit: 10 },
  'a body that stops': { begin: head('content-length: 60000'), limit: 15 },
  'a body that drips': { begin: head('content-length: 60000'), drip: 'a', limit: 15 },
  'chunks that drip': { begin: head('transfer-encoding: chunked'), drip: '1\r\na\r\n', limit: 15 },
} as const satisfies Record<string, { begin: string; drip?: string; limit: number }>;

const EACH = 8;

describe('HT-03 slow clients', () => {
  it('HT-03 half-open senders are closed by the limits, and honest traffic is served meanwhile', async () => {
    const tenant = await Tenant.create();
    const { hostname, port } = new URL(target.baseUrl);
    const senders = Object.entries(SLOW).flatMap(([what, how]) =>
      Array.from({ length: EACH }, () => slowly(what, connect(Number(port), hostname), how)),
    );
    const closed = Promise.all(senders);

    let over = false;
    void closed.then(() => {
      over = true;
    });
    const served = [];
    while (!over) {
      served.push((await tenant.app('service').token({ grant_type: 'client_credentials' })).status);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(served.filter((status) => status !== 200)).toEqual([]);
    expect(served.length).toBeGreaterThan(20);
    expect((await closed).filter(({ said }) => said !== '' && !said.startsWith('HTTP/1.1 4'))).toEqual([]);
    // Node by itself would look after 30 s for the first time.
  }, 28_000);
});

/** Resolves when the server closes; a server that never does lets the test time out. */
async function slowly(what: string, socket: Socket, { begin, drip }: { begin: string; drip?: string }) {
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  socket.on('error', () => {});
  socket.write(begin);
  const timer = setInterval(() => drip !== undefined && !socket.destroyed && socket.write(drip), 1_000);
  await once(socket, 'close');
  clearInterval(timer);
  return { what, said };
}

function head(length: string): string {
  return `POST /x/as/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n${length}\r\n\r\n`;
}
