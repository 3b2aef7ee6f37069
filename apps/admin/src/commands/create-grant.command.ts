import type { Command } from './command.js';

/** A grant of a team's own, from nothing: a folder that installs, passes its tests and runs (docs/adding-a-grant.md). */
export const CREATE_GRANT: Command = {
  name: 'create-grant',
  argument: 'NAME [FOLDER] [--sdk VERSION|FILE]',
  meaning: 'write a new grant into a folder; NAME is its grant_type, a URI',
  details: [
    'NAME     its grant_type: an absolute URI in a name of yours; its last segment is what it is called on the bus',
    'FOLDER   where to write it, not there yet; without it, <what it is called>-grant',
    '--sdk    what it depends on: a version of @grantway/grant-sdk, or the file that npm run pack-sdk made',
  ],
  many: true,
  async run(_argument, env, say, args = []) {
    const { readNewGrant } = await import('./create-grant.args.js');
    const { writeGrant } = await import('./create-grant.writing.js');
    const { standingIn } = await import('./standing-in.js');
    const { relative } = await import('node:path');
    const grant = readNewGrant(args);
    const from = standingIn(env);
    const folder = await writeGrant(grant, from);
    say(`${folder}: the grant ${grant.type}, "${grant.slug}" on the bus. Next:`);
    for (const line of [`cd ${shellWord(relative(from, folder))}`, 'npm install', 'npm test']) say(`  ${line}`);
    if (grant.sdk === undefined) {
      say(
        '@grantway/grant-sdk has to be in a registry of yours; npm run pack-sdk -- FOLDER makes what --sdk FILE takes.',
      );
    }
  },
};

function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
