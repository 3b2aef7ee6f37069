import { once } from 'node:events';
import { connect } from 'node:net';

/** What a nats-server says of itself in its greeting: `2.12.1`. @throws the connection's error */
export async function natsVersion(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [greeting] = await once(socket, 'data');
  socket.destroy();
  return /"version":"([\d.]+)/.exec(String(greeting))?.[1] ?? '';
}
