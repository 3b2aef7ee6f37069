import { BoundParams } from './steps/bound-params.step.js';
import { CheckAuthenticationContext } from './steps/check-authentication-context.step.js';
import { CheckHint } from './steps/check-hint.step.js';
import { CheckNonce } from './steps/check-nonce.step.js';
import { CheckPkce } from './steps/check-pkce.step.js';
import { CheckPrompt } from './steps/check-prompt.step.js';
import { CheckRedirectUri } from './steps/check-redirect-uri.step.js';
import { CheckResponseMode } from './steps/check-response-mode.step.js';
import { CheckResponseType } from './steps/check-response-type.step.js';
import { CheckScope } from './steps/check-scope.step.js';
import { FindClient } from './steps/find-client.step.js';
import { LoadPushedRequest } from './steps/load-pushed-request.step.js';
import { ParseParams } from './steps/parse-params.step.js';
import { ReadRequestObject } from './steps/read-request-object.step.js';
import { RefuseUnsupported } from './steps/refuse-unsupported.step.js';
import { RequireProtection } from './steps/require-protection.step.js';

/**
 * The order is the design: until CheckRedirectUri has passed, an error is a page; after it, a redirect (AZ-02). A pushed request
 * runs through the same list (RFC 9126 §2.1), and its errors are JSON.
 */
export const AUTHORIZATION_ENDPOINT = [
  ParseParams, // RFC 6749 §3.1: empty is absent; a repeated client_id or redirect_uri is a page
  LoadPushedRequest, // RFC 9126 §4: a page
  FindClient, // RFC 6749 §4.1.2.1: a page
  ReadRequestObject, // RFC 9101 §6: another client's is a page, a bad one is told where the answer would go
  CheckRedirectUri, // RFC 6749 §3.1.2.4: a page
  CheckResponseMode, // before anything else is told to the redirect URI: it says how to tell
  BoundParams, // AZ-18
  RefuseUnsupported, // RFC 6749 §3.1 repeats; RFC 9101 §7; OIDC Core §3.1.2.6
  RequireProtection, // RFC 9126 §5, RFC 9101 §10.5
  CheckResponseType, // RFC 6749 §4.1.2.1
  CheckScope, // RFC 6749 §3.3, RFC 8707 §2.1
  CheckNonce, // OIDC Core §3.2.2.1
  CheckPkce, // RFC 7636 §4.4.1, RFC 9700 §2.1.1
  CheckPrompt, // OIDC Core §3.1.2.1
  CheckAuthenticationContext, // OIDC Core §5.5.1.1
  CheckHint, // OIDC Core §3.1.2.1
] as const;
