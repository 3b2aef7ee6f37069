import { OAuthError } from '@grantway/protocol';

export function invalid(description: string, reason?: string): OAuthError {
  return new OAuthError('invalid_request', { description, ...(reason && { reason }) });
}
