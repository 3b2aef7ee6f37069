export * from './ciba.config.js';
export * from './ciba.module.js';
