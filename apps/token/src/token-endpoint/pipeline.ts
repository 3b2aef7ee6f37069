import { FindPush } from '../push-endpoint/find-push.step.js';
import { RecallMinted } from '../push-endpoint/recall-minted.step.js';
import { AllowGrantType } from './steps/allow-grant-type.step.js';
import { AuthenticateClient } from './steps/authenticate-client.step.js';
import { CheckSubject } from './steps/check-subject.step.js';
import { Decide } from './steps/decide.step.js';
import { FindGrant } from './steps/find-grant.step.js';
import { LimitAudience } from './steps/limit-audience.step.js';
import { LimitScope } from './steps/limit-scope.step.js';
import { Mint } from './steps/mint.step.js';
import { ParseForm } from './steps/parse-form.step.js';
import { ValidateParams } from './steps/validate-params.step.js';

/** The order is the design and is reviewed as such. Nothing before Mint changes anything. */
export const TOKEN_ENDPOINT = [
  ParseForm, // RFC 6749 §3.2: once each (`resource`, `audience` may repeat); empty is absent; unknown is ignored
  FindGrant, // RFC 6749 §5.2: unsupported_grant_type
  AuthenticateClient, // RFC 6749 §2.3: exactly one method
  AllowGrantType, // RFC 6749 §5.2: unauthorized_client
  ValidateParams, // the grant's own params class
  Decide, // the grant
  LimitScope, // RFC 6749 §3.3: granted ⊆ authorized ∩ registered, whatever the grant returned
  LimitAudience, // RFC 8707 §2.2
  CheckSubject, // X14: the user is still allowed, whatever the grant returned
  Mint, // spends and records in one statement; RFC 9068 access token, OIDC Core §3.1.3.3 ID Token
] as const;

/** CIBA Core §10.3: nobody comes for these tokens, so nobody authenticates (ADR 0003). */
export const PUSH = [
  FindPush, // the approved request, and the client it names
  LimitScope,
  LimitAudience,
  CheckSubject,
  RecallMinted, // when the push is a repeated one
  Mint,
] as const;
