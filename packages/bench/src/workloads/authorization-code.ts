import { createHash, randomBytes } from 'node:crypto';
import type { Target } from '../contenders/contender.js';
import { type BenchClient, person, WEB, web } from '../installation.js';
import { Browser, redirectOf } from '../load/browser.js';
import type { Connection, Reply } from '../load/connection.js';
import { expectStatus, formPost, textsOf } from './answers.js';

const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');

/** The web application of one connection, and the browser of one person who uses it. */
export class SignedOn {
  readonly client: BenchClient;
  readonly browser: Browser;

  constructor(
    readonly target: Target,
    readonly connection: Connection,
    private readonly n: number,
  ) {
    this.client = web(n);
    this.browser = new Browser(connection);
  }

  /** An authorization request with PKCE (RFC 7636 §4.3), as it is sent or pushed. */
  request(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      ...{ client_id: this.client.id, response_type: 'code', redirect_uri: WEB.redirectUri, scope: WEB.scope },
      ...{ code_challenge: challenge, code_challenge_method: 'S256', ...more },
    };
  }

  /** Signs on with all pages, whoever was signed on before. @returns the code */
  async signIn(): Promise<string> {
    this.browser.becomeAnother(anyAddress());
    const url = this.authorizeUrl(this.request({ prompt: 'consent' }));
    return codeOf(await this.target.signIn(this.browser, url, person(this.n)));
  }

  /** A code without any page, by the session that {@link signIn} left. */
  async code(request: Readonly<Record<string, string>> = this.request()): Promise<string> {
    const url = this.authorizeUrl(request);
    return codeOf(redirectOf(await this.browser.get(url), url));
  }

  redeem(code: string): Promise<Reply> {
    const { redirectUri: redirect_uri } = WEB;
    const form = { grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier };
    return this.connection.send(formPost(this.target.token, this.client, form));
  }

  private authorizeUrl(params: Readonly<Record<string, string>>): string {
    return `${this.target.authorize}?${new URLSearchParams(params)}`;
  }
}

/** Of 10.0.0.0/8: attempts are counted by address, and people do not all come from one. */
function anyAddress(): string {
  return `10.${[...randomBytes(3)].join('.')}`;
}

/** The refresh token that came with tokens of both kinds. */
export function refreshTokenOf(reply: Reply): string {
  return textsOf(expectStatus(reply, 200), 'access_token', 'id_token', 'refresh_token').refresh_token;
}

function codeOf(address: string): string {
  const code = new URL(address).searchParams.get('code');
  if (code === null) throw new Error(`no code in ${address}`);
  return code;
}
