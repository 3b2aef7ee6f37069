export { ASSETS, type Asset, type FoundAsset, findAsset } from './assets.js';
export { contentSecurityPolicy, formPostPolicy, type PolicyOptions, pagePolicy } from './content-security-policy.js';
export type { RenderOptions } from './document.js';
export { type FormPostOptions, renderFormPost } from './render-form-post.js';
export { renderPage } from './render-page.js';
