import { Logger } from '../logging/logger.js';
import { AnsweringOptions, answering } from './answering.js';
import { Bus, BusListener, BusMessage, BusSubscriber } from './bus.js';

export interface ServiceBusOptions extends AnsweringOptions {
  readonly bus: Bus & BusListener;
}

/** The bus as a service's own code uses it: for what is known only while running, where `@Serves` cannot stand. */
export class ServiceBus {
  constructor(private readonly options: ServiceBusOptions) {}

  get logger(): Logger {
    return this.options.logger;
  }

  /** As `@Serves` does: the same contract check, deadline and answers for what goes wrong. */
  serve<Message extends BusMessage>(
    subject: string,
    queue: string,
    contract: new () => Message,
    handler: (message: Message) => Promise<unknown>,
  ): void {
    this.options.bus.serve(subject, queue, answering(subject, contract, handler, this.options));
  }

  /** What a subscriber throws is logged and goes no further: nobody waits for it. */
  subscribe(pattern: string, subscriber: BusSubscriber): void {
    this.options.bus.subscribe(pattern, (content, subject, bytes) => {
      try {
        subscriber(content, subject, bytes);
      } catch (error) {
        this.logger.error({ err: error, subject }, 'subscriber failed');
      }
    });
  }

  publish(subject: string, message: object): boolean {
    return this.options.bus.publish(subject, message);
  }

  onConnect(then: () => void): void {
    this.options.bus.onConnect(then);
  }

  request<Reply>(subject: string, message: BusMessage, largest?: number): Promise<Reply> {
    return this.options.bus.request<Reply>(subject, message, largest);
  }
}
