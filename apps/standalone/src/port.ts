import { createServer } from 'node:net';
import { ConfigError } from '@grantway/platform';

/** @throws ConfigError when somebody listens there already; asked before anything is created */
export function requireFreePort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => reject(new ConfigError(reasonFor(error, port))));
    probe.listen(port, '0.0.0.0', () => probe.close(() => resolve()));
  });
}

function reasonFor({ code, message }: NodeJS.ErrnoException, port: number): string {
  if (code === 'EADDRINUSE') return `port ${port} is in use; set PORT to another one`;
  if (code === 'EACCES') return `port ${port} may not be opened by this user; set PORT to another one`;
  return `port ${port}: ${message}`;
}
