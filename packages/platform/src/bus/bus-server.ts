import { Server } from '@nestjs/microservices';
import { firstValueFrom, isObservable } from 'rxjs';
import { AnsweringOptions, answering } from './answering.js';
import { BusListener } from './bus.js';
import { contractOf } from './serves.js';

export interface BusServerOptions extends AnsweringOptions {
  readonly listener: BusListener;
}

/** Nest's way to our bus: hangs every `@Serves` method up, checks what comes in, and answers for what goes wrong. */
export class BusServer extends Server {
  constructor(private readonly options: BusServerOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    for (const [subject, handler] of this.messageHandlers) {
      const [room = subject] = subject.split('.');
      const answer = async (message: unknown) => {
        const answer: unknown = await handler(message);
        return isObservable(answer) ? firstValueFrom(answer) : answer;
      };
      this.options.listener.serve(subject, room, answering(subject, contractOf(subject), answer, this.options));
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
}
