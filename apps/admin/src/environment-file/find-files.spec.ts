import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findEnvironmentFiles } from './find-files.js';

describe('finding environment files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grantway-files-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (name: string, content: string | Uint8Array = 'environment: e') =>
    writeFile(join(folder, name), content);

  it('house: a folder is its YAML files by name, without hidden ones', async () => {
    for (const name of ['b.yml', 'a.yaml', 'README.md', '.c.yaml', 'd.yaml.bak']) await write(name);
    expect((await findEnvironmentFiles(folder)).map(({ file }) => basename(file))).toEqual(['a.yaml', 'b.yml']);
  });

  it('house: a file is itself, whatever its name', async () => {
    await write('demo.conf');
    await expect(findEnvironmentFiles(join(folder, 'demo.conf'))).resolves.toEqual([
      { file: join(folder, 'demo.conf'), text: 'environment: e' },
    ]);
  });

  it.each([
    ['nothing', 'nowhere.yaml', () => Promise.resolve(), 'there is no file or folder FOLDER/nowhere.yaml'],
    ['a folder without YAML', '', () => Promise.resolve(), 'FOLDER holds no .yaml or .yml file'],
    ['Latin-1', 'l.yaml', () => write('l.yaml', Buffer.from([0xe9])), 'FOLDER/l.yaml is not UTF-8 text'],
    [
      'a disk image',
      'big.yaml',
      () => write('big.yaml', Buffer.alloc(9_000_000)),
      'FOLDER/big.yaml is larger than 8 MB',
    ],
  ])('house: %s is told', async (_what, name, prepare, message) => {
    await prepare();
    await expect(findEnvironmentFiles(join(folder, name))).rejects.toMatchObject({
      name: 'NoEnvironmentFile',
      message: message.replace('FOLDER', folder),
    });
  });
});
