import { CheckHint } from './steps/check-hint.step.js';
import { CheckPkce } from './steps/check-pkce.step.js';
import { CheckPrompt } from './steps/check-prompt.step.js';
import { CheckRedirectUri } from './steps/check-redirect-uri.step.js';
import { CheckResponseMode } from './steps/check-response-mode.step.js';
import { CheckResponseType } from './steps/check-response-type.step.js';
import { CheckScope } from './steps/check-scope.step.js';
import { FindClient } from './steps/find-client.step.js';
import { ParseParams } from './steps/parse-params.step.js';
import { RefuseUnsupported } from './steps/refuse-unsupported.step.js';

/** The order is the design: until CheckRedirectUri has passed, an error is a page; after it, a redirect (AZ-02). */
export const AUTHORIZATION_ENDPOINT = [
  ParseParams, // RFC 6749 §3.1: empty is absent; a repeated client_id or redirect_uri is a page
  FindClient, // RFC 6749 §4.1.2.1: a page
  CheckRedirectUri, // RFC 6749 §3.1.2.4: a page
  CheckResponseMode, // before anything else is told to the redirect URI: it says how to tell
  RefuseUnsupported, // RFC 6749 §3.1 repeats; OIDC Core §3.1.2.6
  CheckResponseType, // RFC 6749 §4.1.2.1
  CheckScope, // RFC 6749 §3.3, RFC 8707 §2.1
  CheckPkce, // RFC 7636 §4.4.1, RFC 9700 §2.1.1
  CheckPrompt, // OIDC Core §3.1.2.1
  CheckHint, // OIDC Core §3.1.2.1
] as const;
