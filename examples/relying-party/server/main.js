/** Serves the playground by itself. ISSUER, CLIENT_ID, SCOPE and PORT change what the README says they change. */
import { createServer } from 'node:http';
import { createPlayground } from './handler.js';

const {
  ISSUER: issuer = 'http://localhost:3000/demo/as',
  CLIENT_ID: clientId = 'playground',
  SCOPE: scope = 'openid profile email offline_access orders:read',
  PORT: port = '4000',
} = process.env;

/** @type {(line: string) => never} */
function giveUp(line) {
  console.error(line);
  process.exit(1);
}

function build() {
  try {
    return createPlayground({ issuer, clientId, scope });
  } catch (error) {
    return giveUp(`The playground cannot start: ${error instanceof Error ? error.message : error}`);
  }
}

if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) giveUp(`PORT is not a port number: ${port}`);
const playground = build();

const server = createServer((request, response) => {
  const answer = playground.answer(request.url ?? '/', request.method);
  // Only a request target like `*` or a whole URL falls outside the root.
  if (!answer) return response.writeHead(400).end();
  response.writeHead(answer.status, answer.headers).end(answer.body);
});

server.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
  giveUp(error.code === 'EADDRINUSE' ? `Port ${port} is busy: set PORT to another one.` : error.message);
});

server.listen(Number(port), () => {
  const { port: actual } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Playground  http://localhost:${actual}/`);
  console.log(`Issuer      ${issuer}`);
  console.log(`Client      ${clientId}, redirect URI http://localhost:${actual}/callback`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
