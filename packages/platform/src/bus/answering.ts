import { Logger } from '../logging/logger.js';
import { BusHandler, BusMessage, BusReply } from './bus.js';
import { contractCheck } from './contract-check.js';

export interface AnsweringOptions {
  readonly logger: Logger;
  /** Tells trouble below us (database away, pool empty) from a bug. */
  readonly isInfrastructureError: (error: unknown) => boolean;
}

/** What happens to every message before its handler sees it, and to everything a handler throws. */
export function answering(
  subject: string,
  contract: (new () => object) | undefined,
  handler: ((message: never) => unknown) | undefined,
  { logger, isInfrastructureError }: AnsweringOptions,
): BusHandler {
  const accept = contract && contractCheck(contract);
  return async (message): Promise<BusReply> => {
    const checked = accept?.(message) as BusMessage | undefined;
    if (!handler || !checked) {
      logger.warn({ subject, ...requestIdOf(message) }, 'message refused: it does not fit its contract');
      return { trouble: 'refused' };
    }
    // I6: nobody waits for this any more, so it must have no effect.
    if (checked.deadline <= Date.now()) {
      logger.warn({ subject, request_id: checked.requestId }, 'message dropped: past its deadline');
      return { trouble: 'unavailable' };
    }
    try {
      return { reply: await handler(checked as never) };
    } catch (error) {
      const unavailable = isInfrastructureError(error);
      const fields = { err: error, subject, request_id: checked.requestId };
      if (unavailable) logger.warn(fields, 'what it needs is away');
      else logger.error(fields, 'handler failed');
      return { trouble: unavailable ? 'unavailable' : 'fault' };
    }
  };
}

/** Of what does not fit its contract, a thing to find it by, if that much is as it should be. */
function requestIdOf(message: unknown): { readonly request_id?: string } {
  const { requestId } = (message ?? {}) as { requestId?: unknown };
  return typeof requestId === 'string' && /^[A-Za-z0-9-]{8,64}$/.test(requestId) ? { request_id: requestId } : {};
}
