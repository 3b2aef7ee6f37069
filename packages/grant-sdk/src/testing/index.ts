// What a team tests its grant with: plain functions, whatever the test runner.
export type { Client, Environment, Resource, User } from '@grantway/domain';
export { Malformed } from '../remote/shape.js';
export { BrokenIssuance } from '../rules/issuance-rules.js';
export type { GrantClass, Provided } from './construct.js';
export * from './grant-harness.js';
export type { Answered, Form } from './memory-endpoint.js';
export * from './mothers.js';
export * from './prove/cases.js';
export * from './prove/prove-grant.js';
export type { Report, RowResult, Verdict } from './prove/report.js';
export type { Recorded, Spender, SpentBy } from './single-uses.js';
export * from './test-users.js';
