import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { Outbound, type OutboundReply, type OutboundRequest, OutboundTrouble } from '@grantway/domain';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GuardedOutbound, type Resolve } from './guarded-outbound.js';
import { OutboundModule } from './outbound.module.js';

const SECRET = 'what-the-other-side-said';
const LOOPBACK = { address: '127.0.0.1', family: 4 };

class Listener {
  connections = 0;
  readonly requests: { url?: string | undefined; method?: string | undefined; headers: object; body: string }[] = [];

  private constructor(private readonly server: Server | TcpServer) {
    server.on('connection', () => this.connections++);
  }

  static async open(answer: RequestListener, host = '127.0.0.1', port = 0): Promise<Listener> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { url, method, headers } = request;
        listener.requests.push({ url, method, headers, body });
        answer(request, response);
      });
    });
    const listener = new Listener(server);
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return listener;
  }

  /** Says these bytes to whoever connects. */
  static async raw(text: string): Promise<Listener> {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {}).resume();
      socket.end(text);
    });
    const listener = new Listener(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return listener;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if ('closeAllConnections' in this.server) this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const open: Listener[] = [];
async function listening(listener: Promise<Listener>): Promise<Listener> {
  open.push(await listener);
  return listener;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});

const hello: RequestListener = (_request, response) => {
  response.setHeader('x-seen', 'yes').end('hello');
};
const nobody: Resolve = async () => {
  throw new Error('no such name');
};

function call(request: Partial<OutboundRequest> & { url: string }, outbound = new GuardedOutbound()) {
  return outbound.call({ method: 'GET', privateAddresses: false, ...request });
}

async function troubleOf(reply: Promise<OutboundReply>): Promise<OutboundTrouble> {
  const trouble = await reply.then(
    () => 'an answer',
    (error: unknown) => error,
  );
  expect(trouble).toBeInstanceOf(OutboundTrouble);
  // Neither the text nor anything behind it may tell what the other side said.
  expect(trouble).not.toHaveProperty('cause');
  expect(String(trouble)).not.toContain(SECRET);
  return trouble as OutboundTrouble;
}

describe('GuardedOutbound where private addresses are allowed', () => {
  it('house: GET and POST reach the other side, and its answer comes back', async () => {
    const site = await listening(Listener.open(hello));
    const at = (path: string) => ({ url: `http://127.0.0.1:${site.port}${path}`, privateAddresses: true });
    expect(await call(at('/keys?x=1'))).toMatchObject({ status: 200, body: 'hello', headers: { 'x-seen': 'yes' } });
    await call({
      ...at('/notify'),
      method: 'POST',
      headers: { authorization: 'Bearer é'.slice(0, 7) },
      body: '{"é":1}',
    });
    expect(site.requests).toMatchObject([
      { method: 'GET', url: '/keys?x=1', body: '' },
      { method: 'POST', url: '/notify', body: '{"é":1}', headers: { 'content-length': '8', connection: 'close' } },
    ]);
    expect(site.connections).toBe(2);
  });

  it('DR-05 IPv6 loopback works as well', async () => {
    const site = await listening(Listener.open(hello, '::1'));
    expect(await call({ url: `http://[::1]:${site.port}/`, privateAddresses: true })).toMatchObject({ status: 200 });
  });

  it('DR-05 a name that flips between two answers is asked once, and the connection goes to what was checked', async () => {
    const checked = await listening(Listener.open(hello));
    const other = await listening(Listener.open(hello, '::1', checked.port));
    const answers = [[LOOPBACK], [{ address: '::1', family: 6 }]];
    let asked = 0;
    const flipping = new GuardedOutbound(async () => answers[asked++] ?? []);
    const url = `http://flips.example:${checked.port}/`;
    expect(await call({ url, privateAddresses: true }, flipping)).toMatchObject({ status: 200 });
    expect([asked, checked.connections, other.connections]).toEqual([1, 1, 0]);
    expect(checked.requests).toMatchObject([{ headers: { host: `flips.example:${checked.port}` } }]);
  });

  it.each([301, 302, 303, 307, 308])('DR-05 %d is an answer like any other', async (status) => {
    const target = await listening(Listener.open(hello));
    const location = `http://127.0.0.1:${target.port}/`;
    const site = await listening(
      Listener.open((_request, response) => void response.writeHead(status, { location }).end()),
    );
    const url = `http://127.0.0.1:${site.port}/`;
    expect(await call({ url, privateAddresses: true })).toMatchObject({ status, headers: { location } });
    expect(target.connections).toBe(0);
  });

  it.each([
    ['never answers', () => {}],
    ['never ends its answer', (_request, response) => void response.write(SECRET)],
  ] as [string, RequestListener][])('DR-05 whoever %s is waited for a while', async (_what, answer) => {
    const site = await listening(Listener.open(answer));
    const hasty = new GuardedOutbound(undefined, { milliseconds: 100, bytes: 1_000 });
    const trouble = await troubleOf(call({ url: `http://127.0.0.1:${site.port}/`, privateAddresses: true }, hasty));
    expect([trouble.kind, trouble.message]).toEqual(['failed', 'no answer in time']);
  });

  it('DR-05 a name that takes too long opens no connection any more', async () => {
    const site = await listening(Listener.open(hello));
    let answer: (addresses: (typeof LOOPBACK)[]) => void = () => {};
    const slow: Resolve = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const hasty = new GuardedOutbound(slow, { milliseconds: 50, bytes: 1_000 });
    const trouble = await troubleOf(call({ url: `http://slow.example:${site.port}/`, privateAddresses: true }, hasty));
    answer([LOOPBACK]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([trouble.kind, site.connections]).toEqual(['failed', 0]);
  });

  it.each([
    ['64 KB are taken', 65_536, true],
    ['one byte more is not', 65_537, false],
  ])('DR-05 %s', async (_what, size, isTaken) => {
    const body = SECRET.padEnd(size, 'x');
    const site = await listening(Listener.open((_request, response) => void response.end(body)));
    const reply = call({ url: `http://127.0.0.1:${site.port}/`, privateAddresses: true });
    if (isTaken) expect((await reply).body).toHaveLength(size);
    else expect(await troubleOf(reply)).toMatchObject({ kind: 'failed', message: 'the answer is too large' });
  });

  it('CB-06 where only the status counts, a body without end is not waited for', async () => {
    const site = await listening(
      Listener.open((_request, response) => {
        response.writeHead(200);
        response.write('x'.repeat(100_000));
      }),
    );
    const reply = await call({ url: `http://127.0.0.1:${site.port}/`, privateAddresses: true, ignoreBody: true });
    expect(reply).toMatchObject({ status: 200, body: '' });
  });

  it.each([
    ['no HTTP', `${SECRET}\r\n\r\n`],
    ['a broken header', `HTTP/1.1 200 OK\r\n${SECRET}\r\n\r\n`],
    ['an answer that breaks off', `HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${SECRET}`],
    ['nothing', ''],
  ])('DR-05 %s is trouble, and its text tells nothing of it', async (_what, text) => {
    const site = await listening(Listener.raw(text));
    const trouble = await troubleOf(call({ url: `http://127.0.0.1:${site.port}/`, privateAddresses: true }));
    expect([trouble.kind, site.connections]).toEqual(['failed', 1]);
  });

  it('house: nobody there, no such name, and what cannot be sent', async () => {
    const gone = await Listener.open(hello);
    const { port } = gone;
    await gone.close();
    const privateAddresses = true;
    expect(await troubleOf(call({ url: `http://127.0.0.1:${port}/`, privateAddresses }))).toMatchObject({
      kind: 'failed',
    });
    const lost = call({ url: 'http://lost.example/', privateAddresses }, new GuardedOutbound(nobody));
    expect(await troubleOf(lost)).toMatchObject({ kind: 'failed' });
    const headers = { authorization: 'Bearer a\r\nx: y' };
    expect(await troubleOf(call({ url: `http://127.0.0.1:${port}/`, privateAddresses, headers }))).toMatchObject({
      kind: 'failed',
    });
  });

  it.each(['http://169.254.169.254/', 'http://0.0.0.0/', 'http://[::]/', 'http://[fe80::1]/', 'ftp://127.0.0.1/'])(
    'DR-05 %s is refused even there',
    async (url) => {
      expect(await troubleOf(call({ url, privateAddresses: true }))).toMatchObject({ kind: 'refused' });
    },
  );
});

describe('GuardedOutbound on the open network', () => {
  it.each([
    ...['127.0.0.1', '127.1', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '[::127.0.0.1]'],
    ...['[64:ff9b::7f00:1]', '[2002:7f00:1::]', 'localhost', 'LOCALHOST'],
    ...[
      '0.0.0.0',
      '[::]',
      '10.0.0.1',
      '192.168.0.1',
      '172.16.0.1',
      '100.64.0.1',
      '169.254.169.254',
      '[fd00::1]',
      '[fe80::1]',
    ],
    ...['224.0.0.1', '255.255.255.255'],
  ])('DR-05 CVE-2020-10770 https://%s is refused', async (host) => {
    const site = await listening(Listener.open(hello));
    for (const port of ['', ':8443']) {
      expect(await troubleOf(call({ url: `https://${host}${port}/` }))).toMatchObject({ kind: 'refused' });
    }
    expect(await troubleOf(call({ url: `https://${host}:${site.port}/` }))).toMatchObject({ kind: 'refused' });
    expect(site.connections).toBe(0);
  });

  it.each([
    ['that is one of ours', [LOOPBACK]],
    ['that is mapped', [{ address: '::ffff:10.0.0.1', family: 6 }]],
    ['of the cloud’s metadata', [{ address: '169.254.169.254', family: 4 }]],
    ['beside a public one', [{ address: '1.1.1.1', family: 4 }, LOOPBACK]],
  ])('DR-05 a name with an address %s is refused', async (_what, addresses) => {
    const outbound = new GuardedOutbound(async () => addresses);
    expect(await troubleOf(call({ url: 'https://evil.example/' }, outbound))).toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['http', 'http://site.example/'],
    ['another port', 'https://site.example:22/'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:text/plain,x'],
    ['credentials', 'https://user:pass@site.example/'],
    ['a name alone before the @', 'https://trusted.example@site.example/'],
    ['no address', 'not an address'],
    ['nothing', ''],
  ])('DR-05 %s is refused before anything is asked', async (_what, url) => {
    let asked = 0;
    const outbound = new GuardedOutbound(async () => {
      asked++;
      return [LOOPBACK];
    });
    expect(await troubleOf(call({ url }, outbound))).toMatchObject({ kind: 'refused' });
    expect(asked).toBe(0);
  });

  it('house: an app that imports the module has it everywhere', async () => {
    @Module({ imports: [OutboundModule] })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    expect(app.get(Outbound)).toBeInstanceOf(GuardedOutbound);
    await app.close();
  });
});
