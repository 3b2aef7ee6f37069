import type { OneTimeCodePurpose, User } from '@grantway/domain';
import { anAuthorizationRequest, anEnvironment } from '@grantway/testing';
import { FlowHouse, pageOf } from './flow-house.js';

export const OPEN = { recovery: true, registration: true, messagesUrl: 'https://messages.example/send' };
export const NEW = 'a new password';

/** An environment where people look after their accounts themselves. */
export function accountHouse(accounts = OPEN) {
  const made = new FlowHouse({ environment: anEnvironment({ accounts }) });
  const { stores, book } = made;
  const begin = () => made.begin({ kind: 'authorize', request: anAuthorizationRequest() });
  /** Delivers what was asked for, as the job does. @returns the code */
  const deliver = async (flowId: string, purpose: OneTimeCodePurpose, user: Pick<User, 'id'>) => {
    const code = book.draw();
    const key = { environmentId: 'acme', purpose, flowId, userId: user.id };
    await stores.oneTimeCodes.issue(key, book.hash(key, code), 300);
    return code;
  };
  const signOn = (flowId: string, username: string, password: string) =>
    made.submit(flowId, { action: 'usernamePassword.check', username, password });
  return { made, stores, begin, deliver, signOn };
}

export const problemOf = (reply: Parameters<typeof pageOf>[0]) => (pageOf(reply) as { problem?: unknown }).problem;
export const ALICE = { id: 'user-alice' };

export type AccountHouse = ReturnType<typeof accountHouse>;
