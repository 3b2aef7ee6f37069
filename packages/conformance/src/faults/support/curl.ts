import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { Answer, basic, postForm } from '../../support/http.js';

const isHere = spawnSync('curl', ['--version'], { stdio: 'ignore' }).status === 0;
if (!isHere)
  process.stderr.write('curl is not on this machine: what a person would ask with it is asked with fetch.\n');

/** Posts a form as a person at a terminal would: with the real program where there is one. */
export async function curl(url: string, form: Record<string, string>, user: string, secret: string): Promise<Answer> {
  if (!isHere) return postForm(url, form, basic(user, secret));
  const fields = Object.entries(form).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`]);
  const args = [
    '--silent',
    '--show-error',
    '--include',
    '--max-time',
    '20',
    '--user',
    `${user}:${secret}`,
    ...fields,
    url,
  ];
  const { stdout } = await promisify(execFile)('curl', args);
  const [head = '', body = ''] = stdout.split(/\r\n\r\n(.*)/s);
  const [status = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]));
  return new Answer(url, Number(status.split(' ')[1]), headers, body);
}
