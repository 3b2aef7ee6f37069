import { Server } from '@nestjs/microservices';
import { validateSync } from 'class-validator';
import { firstValueFrom, isObservable } from 'rxjs';
import { Logger } from '../logging/logger.js';
import { BusListener, BusMessage, BusReply } from './bus.js';
import { contractOf } from './serves.js';

export interface BusServerOptions {
  readonly listener: BusListener;
  readonly logger: Logger;
  /** Tells trouble below us (database away, pool empty) from a bug. */
  readonly isInfrastructureError: (error: unknown) => boolean;
}

/** Nest's way to our bus: hangs every `@Serves` method up, checks what comes in, and answers for what goes wrong. */
export class BusServer extends Server {
  constructor(private readonly options: BusServerOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    for (const subject of this.messageHandlers.keys()) {
      const [room = subject] = subject.split('.');
      this.options.listener.serve(subject, room, (message) => this.#handle(subject, message));
    }
    callback();
  }

  async close(): Promise<void> {
    await this.options.listener.drain();
  }

  on(): never {
    throw new Error('the bus server emits no events');
  }

  unwrap<T>(): T {
    return this.options.listener as T;
  }

  async #handle(subject: string, message: unknown): Promise<BusReply> {
    const contract = contractOf(subject);
    const handler = this.messageHandlers.get(subject);
    const checked = contract && accept(contract, message);
    if (!handler || !checked) {
      this.options.logger.warn({ subject }, 'message refused: it does not fit its contract');
      return { trouble: 'refused' };
    }
    // I6: nobody waits for this any more, so it must have no effect.
    if (checked.deadline <= Date.now()) {
      this.options.logger.warn({ subject, request_id: checked.requestId }, 'message dropped: past its deadline');
      return { trouble: 'unavailable' };
    }
    try {
      const answer: unknown = await handler(checked);
      return { reply: isObservable(answer) ? await firstValueFrom(answer) : answer };
    } catch (error) {
      const unavailable = this.options.isInfrastructureError(error);
      const fields = { err: error, subject, request_id: checked.requestId };
      if (unavailable) this.options.logger.warn(fields, 'storage is away');
      else this.options.logger.error(fields, 'handler failed');
      return { trouble: unavailable ? 'unavailable' : 'fault' };
    }
  }
}

function accept(contract: new () => object, message: unknown): BusMessage | undefined {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
  const typed = Object.assign(new contract(), message);
  return validateSync(typed, { stopAtFirstError: true }).length === 0 ? (typed as unknown as BusMessage) : undefined;
}
