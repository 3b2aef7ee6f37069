import {
  AttemptLimits,
  addressKey,
  CodeMessages,
  MESSAGES_PER_ADDRESS,
  MESSAGES_PER_USER,
  nameKey,
  OneTimeCodePurpose,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Visit } from '../visit.js';

/** Asks for codes to be sent, as often as a mailbox can bear. Names that nobody has are counted alike. */
@Injectable()
export class CodeSender {
  constructor(
    private readonly limits: AttemptLimits,
    private readonly messages: CodeMessages,
  ) {}

  /**
   * SE-02: for a name that somebody asked for too often, recovery goes on as if one more was sent. Codes that are out stay good.
   * @returns seconds to wait, 0 when it was sent
   */
  async send(visit: Visit, purpose: OneTimeCodePurpose, username: string): Promise<number> {
    const seconds = await this.#countAddress(visit);
    if (seconds > 0) return seconds;
    const full = await this.#countMailbox(visit, purpose, username);
    if (full === 0) await this.sendUncounted(visit, purpose, username);
    return purpose === 'recovery' ? 0 : full;
  }

  /** The message to whoever registers, counted by where it goes. @returns seconds to wait, 0 when it may be sent */
  async countRegistration(visit: Visit, email: string): Promise<number> {
    return (await this.#countAddress(visit)) || this.#countMailbox(visit, 'registration', email);
  }

  /** Where this request was counted already. */
  async sendUncounted({ environment, flow }: Visit, purpose: OneTimeCodePurpose, username: string): Promise<void> {
    await this.messages.request({ environmentId: environment.id, purpose, flowId: flow.id, username });
  }

  #countAddress({ call, environment }: Visit): Promise<number> {
    return this.limits.fail(MESSAGES_PER_ADDRESS, `${environment.id}|${addressKey(call.ip)}`);
  }

  /** Each kind by itself, so that who may ask for one without a password keeps nobody from the others. */
  #countMailbox({ environment }: Visit, kind: OneTimeCodePurpose | 'registration', name: string): Promise<number> {
    return this.limits.fail(MESSAGES_PER_USER, `${environment.id}|${kind}|${nameKey(name)}`);
  }
}
