export * from './key-encryption.js';
export * from './key-lifecycle.js';
export * from './key-ring.js';
export * from './token-signer.js';
export * from './token-signing.module.js';
export * from './token-verifier.js';
