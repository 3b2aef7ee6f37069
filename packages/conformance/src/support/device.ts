import { createHash, randomBytes } from 'node:crypto';
import type { App } from './app.js';
import { Storage } from './database.js';
import { ADA, type EnvironmentFile, Tenant } from './environments.js';
import { idOf } from './families.js';
import { type Answer, basic, postForm } from './http.js';
import type { Person } from './person.js';

export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const GRANTS = [DEVICE_CODE, 'refresh_token'];

/** RFC 8628 §3.2. */
export interface Started {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete?: string;
  readonly expires_in: number;
  readonly interval: number;
}

/** Adds a television, which is public, and a console, which has a secret. */
export function withDevices(file: EnvironmentFile): void {
  const [web] = file.clients;
  const { redirectUris: _, ...shop } = web as (typeof file.clients)[0];
  file.grantTypes = ['authorization_code', 'client_credentials', ...GRANTS];
  const { secret: __, ...keyless } = shop;
  file.clients.push(
    { ...keyless, id: 'tv', name: 'Living-room TV', auth: 'none', grantTypes: GRANTS, device: { refresh: true } },
    { ...shop, id: 'console', name: 'Game Console', grantTypes: GRANTS },
  );
}

/** An ordinary environment with devices in it. */
export function deviceTenant(change: (file: EnvironmentFile) => void = () => {}): Promise<Tenant> {
  return Tenant.create((file) => {
    withDevices(file);
    change(file);
  });
}

/** A device, which can also misbehave. */
export class Device {
  readonly verifier = randomBytes(32).toString('base64url');

  constructor(readonly app: App) {}

  /** RFC 8628 §3.1; a change of undefined leaves the parameter out. */
  request(changes: Record<string, string | undefined> = {}, headers?: Record<string, string>): Promise<Answer> {
    const { clientId, secret, issuer } = this.app;
    const identity = secret === undefined ? { client_id: clientId } : {};
    const form = { ...identity, scope: 'openid profile orders:read', ...changes };
    const sent = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return postForm(
      `${issuer}/device_authorization`,
      sent,
      headers ?? (secret === undefined ? {} : basic(clientId, secret)),
    );
  }

  async start(changes: Record<string, string | undefined> = {}): Promise<Started> {
    const answer = await this.request(changes);
    if (answer.status !== 200) throw new Error(`not started: ${answer.status} ${answer.text}`);
    return answer.json<Started>();
  }

  /** DV-08: what binds a code to this device. */
  get challenge() {
    const code_challenge = createHash('sha256').update(this.verifier).digest('base64url');
    return { code_challenge, code_challenge_method: 'S256' };
  }

  poll(
    { device_code }: Pick<Started, 'device_code'>,
    changes: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    return this.app.token({ grant_type: DEVICE_CODE, device_code, ...changes });
  }
}

/** A person goes where the device sends them, signs on if asked, and enters the code. @returns the page after that */
export async function enterCode(
  person: Person,
  { verification_uri, user_code }: Started,
  user: { username: string; password: string } = ADA,
): Promise<Answer> {
  let page = await person.follow(verification_uri);
  if (page.text.includes('usernamePassword.check')) page = await person.signOn(page, user.username, user.password);
  return person.settle(await person.submit(page, { action: 'deviceAuthGrant.userCode.verify', userCode: user_code }));
}

/** @param page the consent page */
export async function answerDevice(person: Person, page: Answer, accept = true): Promise<Answer> {
  if (!page.text.includes('deviceAuthGrant.consent'))
    throw new Error(`no consent page: ${page.status} ${page.pageTitle}`);
  return person.settle(await person.submit(page, { action: 'deviceAuthGrant.consent', accept: String(accept) }));
}

/** The person decides about a device's code. @returns the same, so that it can be polled with */
export async function decided(person: Person, started: Started, accept = true): Promise<Started> {
  await answerDevice(person, await enterCode(person, started), accept);
  return started;
}

/** Device codes as they are stored. */
export class DeviceRows {
  constructor(private readonly storage: Storage) {}

  async of({ device_code }: Started): Promise<{ interval: number; decision: string | null; spent: boolean }> {
    const [row] = await this.storage.rows<{ interval: number; decision: string | null; spent: boolean }>(
      `SELECT "interval", decision, spent_at IS NOT NULL AS spent FROM device_authorization WHERE id = $1::uuid`,
      [idOf(device_code)],
    );
    if (!row) throw new Error('no such device code');
    return row;
  }

  /** Lets time pass for one device code alone. */
  async age({ device_code }: Started, seconds: number): Promise<void> {
    const columns = ['expires_at', 'next_poll_at', 'decided_at', 'spent_at'];
    const moves = columns.map((name) => `${name} = ${name} - make_interval(secs => $2)`).join(', ');
    await this.storage.rows(`UPDATE device_authorization SET ${moves} WHERE id = $1::uuid`, [
      idOf(device_code),
      seconds,
    ]);
    await this.storage.rows(
      `UPDATE device_user_code SET expires_at = expires_at - make_interval(secs => $2) WHERE device_authorization_id = $1::uuid`,
      [idOf(device_code), seconds],
    );
  }

  /** Authorizations of one client. */
  async authorizations(tenant: Tenant, clientId: string): Promise<number> {
    const [row] = await this.storage.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM authorization_record WHERE environment_id = $1 AND client_id = $2`,
      [tenant.id, clientId],
    );
    return row?.n ?? 0;
  }
}
