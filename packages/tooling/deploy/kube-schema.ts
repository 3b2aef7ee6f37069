import type { KubeObject } from './kube-objects.js';

type Validator = ((data: unknown) => boolean) & {
  readonly errors?: readonly {
    readonly instancePath: string;
    readonly message?: string;
    readonly keyword: string;
    readonly params: object;
  }[];
};

/**
 * Holds an object to the schema Kubernetes publishes for its kind, and to nothing but that schema: an unknown field, which a server
 * would drop with a warning or keep quiet about, is a problem too.
 *
 * @returns what is wrong, a line each
 */
export async function problemsOf(object: KubeObject): Promise<string[]> {
  const name = schemaOf(object);
  const validate = await import(`kubernetes-models/_schemas/${name}`).then(
    (module: { validate: Validator }) => module.validate,
    () => undefined,
  );
  if (!validate) return [`there is no ${object.kind} in ${object.apiVersion}`];
  const watched = new Watched(object);
  validate(watched.object);
  const broken = (validate.errors ?? []).map(
    ({ instancePath, keyword, params }) => `${instancePath || '/'}: ${keyword} ${JSON.stringify(params)}`,
  );
  return [...broken, ...watched.unread().map((path) => `${path}: there is no such field`)];
}

/** `apps/v1`, `Deployment` → `IoK8sApiAppsV1Deployment`; the core group has no name. */
function schemaOf({ apiVersion, kind }: KubeObject): string {
  const [version = '', group = 'core'] = apiVersion.split('/').reverse();
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  return `IoK8sApi${capital(group.split('.')[0] ?? '')}${capital(version)}${kind}`;
}

/**
 * The published schemas name the fields there are and forbid no others. A validator reads what its schema names, so what it never
 * read has no name there.
 */
class Watched {
  readonly #read = new Set<string>();
  readonly object: unknown;

  constructor(private readonly original: object) {
    this.object = this.#watch(original, '');
  }

  unread(): string[] {
    return [...pathsOf(this.original, '')].filter((path) => !this.#read.has(path) && this.#read.has(parentOf(path)));
  }

  #watch(value: unknown, path: string): unknown {
    this.#read.add(path);
    if (typeof value !== 'object' || value === null) return value;
    return new Proxy(value, {
      get: (target, key) => {
        const found: unknown = Reflect.get(target, key);
        return typeof key === 'symbol' || !Object.hasOwn(target, key) || (Array.isArray(target) && key === 'length')
          ? found
          : this.#watch(found, `${path}/${key}`);
      },
    });
  }
}

function* pathsOf(value: unknown, path: string): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield `${path}/${key}`;
    yield* pathsOf(inner, `${path}/${key}`);
  }
}

/** Keys have slashes of their own (`app.kubernetes.io/name`), and such a key has no fields below it. */
function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
