import { once } from 'node:events';
import { createServer } from 'node:http';
import { AddressInfo, connect } from 'node:net';
import { Goodbye } from './goodbye.js';

describe('Goodbye', () => {
  /** A server that answers when told to, and a raw connection to it. */
  async function listening() {
    let answer = () => {};
    const server = createServer((_request, response) => {
      answer = () => response.end('done');
    });
    const goodbye = new Goodbye(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const dial = async () => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.setEncoding('utf8').on('error', () => {});
      await once(socket, 'connect');
      return socket;
    };
    return { server, goodbye, dial, answer: () => answer() };
  }

  it('I9 a socket that never asked anything does not hold the server up', async () => {
    const { server, goodbye, dial } = await listening();
    const spare = await dial();
    await new Promise((resolve) => setTimeout(resolve, 20));
    goodbye.say(60_000);
    const gone = Promise.all([once(server, 'close'), once(spare, 'close')]);
    server.close();
    await gone;
  });

  it('I9 a request in hand is answered, and its connection ends with the answer', async () => {
    const { server, goodbye, dial, answer } = await listening();
    const socket = await dial();
    const asked = once(server, 'request');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await asked;
    goodbye.say(60_000);
    const [gone, answered] = [once(server, 'close'), once(socket, 'data')];
    server.close();
    answer();
    const [text] = await answered;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toMatch(/connection: close/i);
    await gone;
  });

  it('I9 while it drains it takes new connections and answers, and each answer ends its connection', async () => {
    const { server, goodbye, dial, answer } = await listening();
    goodbye.announce();
    const socket = await dial();
    const asked = once(server, 'request');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await asked;
    const [answered, gone] = [once(socket, 'data'), once(socket, 'close')];
    answer();
    expect(String(await answered)).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*connection: close\r\n/i);
    await gone;
    server.close();
  });

  it('house: who does not come to an end is cut off', async () => {
    const { server, goodbye, dial } = await listening();
    const socket = await dial();
    const asked = once(server, 'request');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await asked;
    const gone = once(server, 'close');
    goodbye.say(10);
    server.close();
    await gone;
  });
});
