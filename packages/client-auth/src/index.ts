export * from './client-auth.module.js';
export * from './client-authenticator.js';
export * from './client-secret-basic/client-secret-basic.method.js';
export * from './client-secret-hasher.js';
export * from './client-secret-post/client-secret-post.method.js';
export * from './method.js';
export * from './none/none.method.js';
