import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from './kube-objects.js';

const run = promisify(execFile);
const rendered = new Map<string, Promise<KubeObject[]>>();

/**
 * What `kubectl apply -k FOLDER` would send, made by the real kubectl; once for each folder.
 *
 * @throws Error with what kubectl said, also where it only warned
 */
export function render(folder: string): Promise<KubeObject[]> {
  const known = rendered.get(folder) ?? rendering(folder);
  rendered.set(folder, known);
  return known;
}

async function rendering(folder: string): Promise<KubeObject[]> {
  const kubectl = process.env['GRANTWAY_TEST_KUBECTL'];
  if (!kubectl) throw new Error('no kubectl: install it, or set KUBECTL_BIN');
  const { stdout, stderr } = await run(kubectl, ['kustomize', folder], { timeout: 60_000, maxBuffer: 20_000_000 });
  if (stderr.trim()) throw new Error(`kubectl kustomize ${folder}: ${stderr.trim()}`);
  return parseAllDocuments(stdout).map((document) => unfolded(document.toJS() as KubeObject));
}

/** Kustomize folds long base64, which Kubernetes reads and the schema's format does not. */
function unfolded(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret' || !object.data) return object;
  const data = Object.entries(object.data).map(([key, value]) => [key, value.replace(/\s/g, '')]);
  return { ...object, data: Object.fromEntries(data) };
}
