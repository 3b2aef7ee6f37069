import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every directory below packages, apps and examples that has a manifest. */
export function workspaces(root) {
  return ['packages', 'apps', 'examples'].flatMap((rooms) => {
    const directory = join(root, rooms);
    if (!existsSync(directory)) return [];
    return readdirSync(directory)
      .sort()
      .map((name) => join(directory, name))
      .filter((room) => existsSync(join(room, 'package.json')));
  });
}
