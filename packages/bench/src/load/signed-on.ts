import { createHash, randomBytes } from 'node:crypto';
import { basic, postForm, type Reply, send } from './http.js';

export interface CodeClient {
  /** `http://localhost:3000/bench/as` */
  readonly issuer: string;
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
  readonly scope: string;
}

/** A person whose browser is signed on, so that each authorization request of a trusted client is answered with a code at once. */
export class SignedOn {
  readonly #cookies = new Map<string, string>();
  readonly #verifier = randomBytes(32).toString('base64url');

  private constructor(private readonly client: CodeClient) {}

  /** Signs on by the flows API. @throws Error with what was answered instead of a code */
  static async as(client: CodeClient, username: string, password: string): Promise<SignedOn> {
    const person = new SignedOn(client);
    const first = await person.#get(person.#authorizeUrl());
    const flow = new URL(first.headers.location ?? 'none:', client.issuer).searchParams.get('flowId');
    if (flow === null) throw new Error(`no sign-on: ${first.status} ${first.text.slice(0, 200)}`);
    const home = new URL(client.issuer);
    const [environment] = home.pathname.split('/').filter(Boolean);
    const checked = await person.#send(`${home.origin}/${environment}/flows/${flow}`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.pingidentity.usernamePassword.check+json', origin: home.origin },
      body: JSON.stringify({ username, password }),
    });
    if (checked.status !== 200) throw new Error(`not signed on: ${checked.status} ${checked.text.slice(0, 200)}`);
    await person.#get(`${client.issuer}/resume?flowId=${flow}`);
    return person;
  }

  async code(): Promise<string> {
    const answer = await this.#get(this.#authorizeUrl());
    const code = new URL(answer.headers.location ?? 'none:').searchParams.get('code');
    if (code === null)
      throw new Error(`no code: ${answer.status} ${answer.headers.location ?? answer.text.slice(0, 200)}`);
    return code;
  }

  redeem(code: string): Promise<Reply> {
    const { issuer, id, secret, redirectUri } = this.client;
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: this.#verifier };
    return postForm(`${issuer}/token`, form, basic(id, secret));
  }

  #authorizeUrl(): string {
    const { issuer, id, redirectUri, scope } = this.client;
    const challenge = createHash('sha256').update(this.#verifier).digest('base64url');
    const params = {
      client_id: id,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope,
      code_challenge: challenge,
    };
    return `${issuer}/authorize?${new URLSearchParams({ ...params, code_challenge_method: 'S256' })}`;
  }

  #get(url: string): Promise<Reply> {
    return this.#send(url);
  }

  async #send(url: string, options: Parameters<typeof send>[1] = {}): Promise<Reply> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await send(url, { ...options, headers: { ...options.headers, ...(cookie && { cookie }) } });
    for (const set of reply.headers['set-cookie'] ?? []) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return reply;
  }
}
