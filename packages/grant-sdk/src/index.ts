export * from './grant.decorator.js';
export * from './grant-handler.js';
export * from './issuance.js';
export * from './params.js';
