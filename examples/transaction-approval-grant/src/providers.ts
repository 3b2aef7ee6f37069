import { Approvals } from './approvals.js';
import { HttpApprovals } from './http-approvals.js';

/** What the grant injects, by what the environment says. @throws Error naming what is not set */
export const providers = [{ provide: Approvals, useFactory: approvals }];

function approvals(): Approvals {
  const { APPROVALS_URL, APPROVALS_TOKEN } = process.env;
  if (!APPROVALS_URL || !URL.canParse(APPROVALS_URL) || !APPROVALS_TOKEN) {
    throw new Error(
      'Set APPROVALS_URL to where the approval system is, and APPROVALS_TOKEN to what this grant may ask it with.',
    );
  }
  return new HttpApprovals(APPROVALS_URL, APPROVALS_TOKEN);
}
