// The same class for a process of Grantway's own: GRANTS=…/dist/hosted.js. A grant that asks a system of yours exports
// `isInfrastructureError` as well, which says of an error whether that system was away.
export { __Name__Grant } from './__slug__.grant.js';
export { providers } from './providers.js';
