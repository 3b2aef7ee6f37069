import { MessagePattern } from '@nestjs/microservices';

/** The contract class of each subject some handler serves; the bus server checks every message against it. */
const CONTRACTS = new Map<string, new () => object>();

/** Marks the method that answers a subject; messages that do not fit `contract` never reach it. */
export function Serves(subject: string, contract: new () => object): MethodDecorator {
  CONTRACTS.set(subject, contract);
  return MessagePattern(subject);
}

export function contractOf(subject: string): (new () => object) | undefined {
  return CONTRACTS.get(subject);
}
