export * from './authorize.config.js';
export * from './authorize.module.js';
