import type { App, Tokens } from './app.js';
import { ADA } from './environments.js';
import { Person } from './person.js';

/** A person who stays signed on in one browser and has consented: after the first, a code costs one request. */
export class SignedOn {
  readonly #person: Person;

  constructor(
    readonly app: App,
    private readonly user: { username: string; password: string } = ADA,
  ) {
    this.#person = new Person(app.baseUrl);
  }

  async code(changes: Record<string, string | undefined> = {}): Promise<string> {
    const answer = await this.app.signIn(this.#person, this.user, changes);
    const { code } = answer.params();
    if (!code) throw new Error(`no code: ${answer.status} ${answer.location ?? answer.text.slice(0, 300)}`);
    return code;
  }

  async tokens(changes: Record<string, string | undefined> = {}): Promise<Tokens> {
    const answer = await this.app.redeem(await this.code(changes));
    if (answer.status !== 200) throw new Error(`no tokens: ${answer.status} ${answer.text}`);
    return answer.json<Tokens>();
  }

  cookie(name: string): string | undefined {
    return this.#person.cookie(name);
  }
}
