/** Serves the playground by itself. The README says which environment variables change what. */
import { createServer } from 'node:http';
import { createPlayground, DEMO, LARGEST_BODY } from './handler.js';

const {
  ISSUER: issuer = 'http://localhost:3000/demo/as',
  CLIENT_ID: clientId = 'playground',
  SCOPE: scope = 'openid profile email offline_access orders:read',
  PORT: port = '4000',
  ORIGIN: origin = port === '0' ? undefined : `http://localhost:${port}`,
} = process.env;

/** @type {(line: string) => never} */
function giveUp(line) {
  console.error(line);
  process.exit(1);
}

/** `CIBA_CLIENT=callcenter:secret`, `ORDERS_API=orders:secret`, … */
function rolesOf(/** @type {NodeJS.ProcessEnv} */ env) {
  const roles = Object.keys(DEMO).flatMap((role) => {
    const kind = ['orders', 'ledger'].includes(role) ? 'API' : 'CLIENT';
    const [, id, secret] = /^([^:]+):?(.*)$/.exec(env[`${role.toUpperCase()}_${kind}`] ?? '') ?? [];
    return id ? [[role, { id, ...(secret && { secret }) }]] : [];
  });
  return Object.fromEntries(roles);
}

/** @type {(request: import('node:http').IncomingMessage) => Promise<Buffer>} */
async function readBody(request) {
  const parts = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    parts.push(part);
    size += part.length;
    // The rest stays unread: what is here is refused already.
    if (size > LARGEST_BODY) break;
  }
  return Buffer.concat(parts);
}

function build() {
  try {
    return createPlayground({ issuer, clientId, scope, roles: rolesOf(process.env), ...(origin && { origin }) });
  } catch (error) {
    return giveUp(`The playground cannot start: ${error instanceof Error ? error.message : error}`);
  }
}

if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) giveUp(`PORT is not a port number: ${port}`);
const playground = build();

const server = createServer(async (request, response) => {
  try {
    const { method = 'GET', url = '/', headers } = request;
    const answer = await playground.handle(method, url, headers, await readBody(request));
    // Only a request target like `*` or a whole URL falls outside the root.
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
    else response.writeHead(400).end();
  } catch {
    // The browser went away while it was being listened to.
    response.destroy();
  }
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
