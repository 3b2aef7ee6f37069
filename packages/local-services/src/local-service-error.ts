/**
 * Something a person has to do or know before a local service can start. The message is complete: print it alone,
 * without a stack.
 */
export class LocalServiceError extends Error {
  override readonly name = 'LocalServiceError';
}
