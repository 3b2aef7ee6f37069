export * from './backchannel-push.contract.js';
export * from './endpoints.js';
export * from './http-call.contract.js';
export * from './http-reply.contract.js';
export * from './page.contract.js';
export * from './subject.js';
