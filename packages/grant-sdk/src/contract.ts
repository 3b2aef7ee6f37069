// The contract between a grant and the token service: what the token service needs of it, and tests of either side.
export { type ParamRule, readByRules, readParams, wireNames } from './params.js';
export * from './remote/announcement.js';
export * from './remote/contracts.js';
export * from './remote/decide-reply.js';
export * from './remote/decide-request.js';
export * from './remote/grant-host.js';
export * from './remote/home.js';
export * from './remote/manifest.js';
export { isUuid, Malformed } from './remote/shape.js';
export * from './remote/subjects.js';
export * from './rules/issuance-rules.js';
export * from './rules/limits.js';
export * from './rules/spender.js';
