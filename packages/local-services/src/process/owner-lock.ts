import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { isAlive, processIdentity } from './process-table.js';

/** A file that says which process owns a thing, and is believed only while that process lives. */
export interface OwnerLock {
  /** Gives the thing up; safe to call twice, and synchronous so that an exit handler can use it. */
  release(): void;
}

/** What `takeOwnership` answers when another living process owns the thing. */
export interface OtherOwner {
  readonly ownedBy: number;
}

/** Makes this process the owner of what `file` stands for, unless a living process already is. */
export async function takeOwnership(file: string): Promise<OwnerLock | OtherOwner> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }), { mode: 0o600 });
  try {
    for (;;) {
      const taken = await link(draft, file).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (taken) return { release: once(() => unlinkSync(file)) };
      const owner = await readOwner(file);
      if (owner && isSameProcess(owner)) return { ownedBy: owner.pid };
      await unlink(file).catch(() => {});
    }
  } finally {
    await unlink(draft);
  }
}

interface Owner {
  readonly pid: number;
  readonly identity?: string;
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const owner: Owner = JSON.parse(await readFile(file, 'utf8'));
    return Number.isInteger(owner.pid) && owner.pid > 0 ? owner : undefined;
  } catch {
    return undefined; // Gone meanwhile, or damaged: nobody's.
  }
}

function isSameProcess(owner: Owner): boolean {
  return isAlive(owner.pid) && (!owner.identity || owner.identity === processIdentity(owner.pid));
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    try {
      action();
    } catch {
      // Somebody removed the whole directory: then it is given up as well.
    }
  };
}
