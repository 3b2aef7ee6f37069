import { ClientAuthenticator, clientAuthContext } from '@grantway/client-auth';
import { HttpCall, HttpReply } from '@grantway/contracts';
import {
  AttemptLimits,
  addressKey,
  Client,
  DEVICE_STARTS,
  DeviceAuthorizations,
  Environment,
  isPublic,
  NewDeviceAuthorization,
  Resources,
  requestedScope,
  UserCodes,
  userCodeLifetime,
  withoutOffline,
} from '@grantway/domain';
import { answerClient, EventLog, NO_STORE } from '@grantway/platform';
import { GrantType, OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { DeviceConfig } from '../device.config.js';
import { readCodeChallenge } from './code-challenge.js';
import { VerificationUris, verificationUris } from './verification-uri.js';

/** DV-07: undecided requests one client may have. */
const MOST_PENDING = 1_000;
/** Seconds. */
const RETRY_WHEN_FULL = 30;
/** A taken user code is drawn again; that all of these are taken happens to nobody whose codes are long enough. */
const MOST_DRAWS = 5;

/** RFC 8628 §3.2. */
interface DeviceAuthorizationReply extends VerificationUris {
  readonly device_code: string;
  readonly user_code: string;
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds. */
  readonly interval: number;
}

/** A device asks for a code that its user can approve elsewhere (RFC 8628 §3.1). */
@Injectable()
export class DeviceAuthorizationEndpoint {
  constructor(
    private readonly config: DeviceConfig,
    private readonly authenticator: ClientAuthenticator,
    private readonly resources: Resources,
    private readonly devices: DeviceAuthorizations,
    private readonly limits: AttemptLimits,
    private readonly userCodes: UserCodes,
    private readonly log: EventLog,
  ) {}

  start(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    return answerClient({ call, environment, issuer }, this.log, 'device.start', async (request) => {
      const { form } = request;
      const context = clientAuthContext(call, form.params, environment, issuer, 'device_authorization');
      const client = await this.authenticator.authenticate(context);
      request.clientId = client.id;
      requireGrantType(environment, client);
      const codeChallenge = readCodeChallenge(form);
      const catalog = await this.resources.catalog(environment.id);
      const asked = requestedScope(client, environment, catalog, form.params.get('scope'), form.resources);
      await this.#brake(call, client);
      const body = await this.#draw(environment, client, {
        scope: [...(client.device.refresh ? asked : withoutOffline(asked))],
        resources: form.resources,
        ...(codeChallenge !== undefined && { codeChallenge }),
      });
      this.log.done(call, 'device.start', { client_id: client.id });
      return { kind: 'json', status: 200, headers: NO_STORE, body };
    });
  }

  /** DV-07: anybody can start devices in a public client's name, and use up what it may have pending. */
  async #brake({ environmentId, ip }: HttpCall, client: Client): Promise<void> {
    if (!isPublic(client)) return;
    const retryAfter = await this.limits.fail(DEVICE_STARTS, `${environmentId}|${client.id}|${addressKey(ip)}`);
    if (retryAfter > 0) throw tooMany('device.too_many_starts', retryAfter);
  }

  async #draw(
    environment: Environment,
    client: Client,
    asked: Pick<NewDeviceAuthorization, 'scope' | 'resources' | 'codeChallenge'>,
  ): Promise<DeviceAuthorizationReply> {
    const { userCode: format, lifetimes } = environment;
    const lifetime = userCodeLifetime(format, client.device.lifetime ?? lifetimes.deviceCode);
    const interval = client.device.interval ?? lifetimes.deviceInterval;
    for (let draw = 0; draw < MOST_DRAWS; draw++) {
      const userCode = this.userCodes.draw(format);
      const userCodeHash = this.userCodes.hash(environment.id, this.userCodes.canonical(userCode));
      const ids = { environmentId: environment.id, clientId: client.id };
      const started = await this.devices.start({ ...asked, ...ids, userCodeHash, lifetime, interval }, MOST_PENDING);
      if ('deviceCode' in started) {
        return {
          device_code: started.deviceCode,
          user_code: userCode,
          ...verificationUris(this.config.publicUrl, client, userCode),
          expires_in: lifetime,
          interval,
        };
      }
      if (started.refused === 'too_many_pending') throw tooMany('device.too_many_pending');
    }
    throw tooMany('device.user_codes_used_up');
  }
}

/** RFC 6749 §5.2. */
function requireGrantType(environment: Environment, client: Client): void {
  if ([environment, client].every(({ grantTypes }) => grantTypes.includes(GrantType.DeviceCode))) return;
  throw new OAuthError('unauthorized_client', { description: 'the client may not ask for device codes' });
}

function tooMany(reason: string, retryAfter = RETRY_WHEN_FULL): OAuthError {
  return new OAuthError('too_many_requests', {
    reason,
    description: 'too many devices are waiting for their users',
    retryAfter,
  });
}
