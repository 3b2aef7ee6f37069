import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { startTcpRelay } from './tcp-relay.js';

describe('a TCP relay', () => {
  it('relays, is cut, is mended, is silent and then says what it held back', async () => {
    const echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const relay = await startTcpRelay({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
    const say = async (word: string) => {
      const socket = connect(relay.port, '127.0.0.1').on('error', () => {});
      socket.write(word);
      const heard = await Promise.race([once(socket, 'data').then(String), once(socket, 'close').then(() => 'closed')]);
      socket.destroy();
      return heard;
    };
    expect(await say('hello')).toBe('hello');
    const standing = connect(relay.port, '127.0.0.1').on('error', () => {});
    await once(standing, 'connect');
    relay.cut();
    await once(standing, 'close');
    expect(await say('hello')).toBe('closed');
    relay.mend();
    expect(await say('again')).toBe('again');
    relay.silence();
    const waiting = connect(relay.port, '127.0.0.1').on('error', () => {});
    await new Promise<void>((written) => waiting.write('later', () => written()));
    let heard = '';
    waiting.on('data', (text) => {
      heard += text;
    });
    await new Promise((turn) => setImmediate(turn));
    expect(heard).toBe('');
    relay.mend();
    await once(waiting, 'data');
    expect(heard).toBe('later');
    waiting.destroy();
    await relay.close();
    echo.close();
  });
});
