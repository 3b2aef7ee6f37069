import fc from 'fast-check';
import { stringify } from 'yaml';
import { configOf, problemsOf } from '../../test/environment-files.js';

const DEMO = `environment: demo
demo: true
lifetimes: { code: 60, refreshIdle: 100 }
resources:
  - name: orders
    audience: https://api.example/orders
    scopes: [{ name: orders:read, description: See }]
clients:
  - &c { id: web, auth: client_secret_basic, secret: s, redirectUris: ["\${PUBLIC_URL}/cb"], scopes: [openid, orders:read] }
users:
  - username: ada
    password: x
    claims: { email: a@b.example, "https://x.example/y": [1, 2] }
`;

const NAMES = [
  'environment',
  'demo',
  'clients',
  'users',
  'resources',
  'scopes',
  'id',
  'auth',
  'secret',
  'claims',
  'lifetimes',
  '__proto__',
  'constructor',
];

/** problemsOf passes on what is not the typed list of problems, which fails the property. */
const answers = (text: string) => expect(Array.isArray(problemsOf(text))).toBe(true);

describe('whatever the file holds, the answer is a configuration or a list of problems', () => {
  it('house: any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), answers), { numRuns: 300 });
  });

  it("house: any text of YAML's own characters", () => {
    const yamlish = fc.string({ unit: fc.constantFrom(...' \n\t-:?,[]{}#&*!|>\'"%@`~$ab1\\'), maxLength: 60 });
    fc.assert(fc.property(yamlish, answers), { numRuns: 600 });
  });

  it('house: a good file with a piece cut out or put in', () => {
    const edit = fc.tuple(
      fc.nat(DEMO.length),
      fc.nat(30),
      fc.constantFrom('', '\n', ': ', '- ', '[', '}', '*c', '&c ', 'null', '"', '${', '\0'),
    );
    fc.assert(
      fc.property(edit, ([at, cut, put]) => answers(DEMO.slice(0, at) + put + DEMO.slice(at + cut))),
      { numRuns: 600 },
    );
  });

  it('house: any value under any key', () => {
    const key = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 5 }));
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.double(),
        fc.constantFrom('e', 'none', '${X}'),
      ),
      tree: fc.oneof(
        { depthSize: 'medium' },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, tree, { maxKeys: 8 }), (value) => answers(stringify(value))),
      { numRuns: 400 },
    );
  });

  it('house: the file the edits start from is in order', () => {
    expect(configOf(DEMO).environment.id).toBe('demo');
  });

  it('house: aliases cannot make a small file a huge value', () => {
    const bomb = Array.from(
      { length: 20 },
      (_, n) => `  "https://x.example/${n}": &a${n} [${n ? `*a${n - 1}, *a${n - 1}` : '1'}]`,
    );
    const text = `environment: e\nusers:\n- username: u\n  claims:\n${bomb.map((line) => `  ${line}`).join('\n')}`;
    expect(problemsOf(text).join('\n')).toMatch(/nests more than 8 deep|holds more than 1000 values/);
  });

  it('house: an alias of itself is told, not followed', () => {
    expect(problemsOf('environment: e\nusers: [{ username: u, claims: { "x:y": &a [*a] } }]')).toEqual([
      '2:44 users[0].claims["x:y"]: nests more than 8 deep',
    ]);
  });
});
