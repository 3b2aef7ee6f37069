import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '@grantway/local-services';

// The commands of `npm run grantway`, kept in one process for the hundreds of times the suite applies a file: starting Node
// for each took half of the suite's time. What the command line itself does is tested with processes of its own.

const { runCommand } = await import(join(repositoryRoot, 'apps/admin/dist/commands/run-command.js'));
const server = createServer(async (request, response) => {
  const { args, env } = JSON.parse(await text(request));
  const said = [];
  const code = await runCommand(args, env, { say: (line) => said.push(line), complain: (line) => said.push(line) });
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ code, said: said.join('\n') }));
});
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${server.address().port}`));
process.once('disconnect', () => process.exit());
