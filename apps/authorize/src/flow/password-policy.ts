import { FlowField, FlowProblem } from '@grantway/contracts';
import { LONGEST_CREDENTIAL, nameKey } from '@grantway/domain';

/** NIST SP 800-63B §3.1.1: length is what counts; no rules about what must be in it. */
export const PASSWORD_POLICY = { length: { min: 8, max: LONGEST_CREDENTIAL }, excludesUsername: true } as const;

/** Why a password may not be set; undefined when it may. */
export function passwordProblem(field: FlowField, password: string, username: string): FlowProblem | undefined {
  const { min, max } = PASSWORD_POLICY.length;
  const weak = (rule: 'length' | 'username') => ({ kind: 'weak', field, rule }) as const;
  if ([...password].length < min || password.length > max) return weak('length');
  return nameKey(password) === nameKey(username) ? weak('username') : undefined;
}
