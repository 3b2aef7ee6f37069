import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Browser } from './browser.js';
import { Connection } from './connection.js';

describe('a connection of the load', () => {
  let server: Server | undefined;
  let url = '';

  const serve = async (listener: RequestListener) => {
    const started = createServer(listener);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(started.address() as AddressInfo).port}/path?query=1`;
  };

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('house: sends what it is told, and reads bodies of a length and in chunks', async () => {
    const seen: string[] = [];
    await serve((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => seen.push(chunk));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${request.headers['x-a']}`);
        if (request.method === 'POST') return void response.writeHead(201, { 'X-B': 'é'.length }).end('länger');
        response.write('in '.repeat(30_000));
        response.end('chunks');
      });
    });
    const connection = await Connection.open(url);
    const posted = await connection.send({ method: 'POST', url, headers: { 'x-a': 'a' }, body: 'bödy' });
    expect([posted.status, posted.text, posted.header('x-b')]).toEqual([201, 'länger', '1']);
    const got = await connection.send({ url });
    expect(got.text).toBe(`${'in '.repeat(30_000)}chunks`);
    expect(seen).toEqual(['bödy', 'POST /path?query=1 a', 'GET /path?query=1 undefined']);
    connection.close();
  });

  it('house: a connection that was closed while nothing was asked is opened again', async () => {
    await serve((_request, response) => response.end('here'));
    const connection = await Connection.open(url);
    expect((await connection.send({ url })).text).toBe('here');
    server?.closeAllConnections();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await connection.send({ url })).text).toBe('here');
    connection.close();
  });

  it('house: one that ends in the middle of an answer is told', async () => {
    await serve((request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half');
      setTimeout(() => request.socket.destroy(), 20);
    });
    const connection = await Connection.open(url);
    await expect(connection.send({ url })).rejects.toThrow('the connection was closed');
  });

  it('house: a browser keeps cookies until they are taken away', async () => {
    const seen: (string | undefined)[] = [];
    await serve((request, response) => {
      seen.push(request.headers.cookie);
      response.setHeader('set-cookie', seen.length === 1 ? ['a=1; Path=/', 'b=2'] : ['a=; Max-Age=0']);
      response.end();
    });
    const connection = await Connection.open(url);
    const browser = new Browser(connection);
    for (let n = 0; n < 3; n += 1) await browser.get(url);
    expect(seen).toEqual([undefined, 'a=1; b=2', 'b=2']);
    connection.close();
  });
});
