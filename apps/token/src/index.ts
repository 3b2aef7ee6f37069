export * from './token.config.js';
export * from './token.module.js';
