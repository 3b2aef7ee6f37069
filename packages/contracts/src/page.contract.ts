/** What a page shows a person; `pages` turns it into HTML. Everything in it is plain text, encoded when rendered. */
export type PageModel =
  | SignOnPage
  | ForgotPasswordPage
  | RecoverPasswordPage
  | ChangePasswordPage
  | RegistrationPage
  | VerificationPage
  | ConsentPage
  | DeviceCodePage
  | DeviceConsentPage
  | FlowEndPage
  | ApprovalsPage
  | SignOffPage
  | SignedOffPage
  | ErrorPage;

/** Where a page's form goes, and what it must carry back. */
export interface FlowForm {
  readonly action: string;
  readonly flowId: string;
  /** Bound to this flow and this browser (AZ-15). */
  readonly csrf: string;
  /**
   * Where the redirects after this form may lead: the client's redirect URI, an origin, or a private scheme
   * (`com.example.app:`). Chromium applies a page's CSP `form-action` to every redirect that follows a POST, so without
   * this the 303 to the client is blocked without a word. A callback that itself redirects to another origin needs that
   * one here as well, or `https:`.
   */
  readonly formTargets?: readonly string[];
}

/** What every station of a flow shows. */
interface Station {
  readonly environmentName: string;
  readonly form: FlowForm;
  /** What kept the last step from going through. */
  readonly problem?: FlowProblem;
}

export interface SignOnPage extends Station {
  readonly page: 'sign-on';
  /** Whom the person goes on to; without one it is about their own account. */
  readonly clientName?: string;
  readonly username?: string;
  /** It is about this name alone; somebody else starts over. */
  readonly startOver?: true;
  /** They just chose a new password. */
  readonly passwordChanged?: true;
  /** Addresses of what else a person without a password can do here, where the environment allows it. */
  readonly recovery?: string;
  readonly registration?: string;
}

/** What a person can be asked for; the names are the wire's. */
export type FlowField =
  | 'username'
  | 'password'
  | 'email'
  | 'currentPassword'
  | 'newPassword'
  | 'recoveryCode'
  | 'verificationCode'
  | 'userCode';

export type FlowProblem =
  | { readonly kind: 'missing'; readonly fields: readonly FlowField[] }
  /** What was given fits nothing; what exactly was wrong is not told (SE-02). */
  | { readonly kind: 'wrong' }
  | { readonly kind: 'malformed'; readonly fields: readonly FlowField[] }
  /** A password that may not be set, and the rule it breaks. */
  | { readonly kind: 'weak'; readonly field: FlowField; readonly rule: 'length' | 'username' | 'same' }
  /** Name or address cannot be registered. */
  | { readonly kind: 'taken' }
  /** Another name than the flow is about. */
  | { readonly kind: 'other_name' }
  /** Somebody else decided, or time did. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'wait'; readonly seconds: number };

/** Whose password is to be replaced? */
export interface ForgotPasswordPage extends Station {
  readonly page: 'forgot-password';
  readonly username?: string;
  /** Back to where they came from. */
  readonly back: string;
}

/** The code that was sent, and the new password. */
export interface RecoverPasswordPage extends Station {
  readonly page: 'recover-password';
  readonly username: string;
}

/** The password was right, and must be replaced. */
export interface ChangePasswordPage extends Station {
  readonly page: 'change-password';
  readonly username: string;
}

export interface RegistrationPage extends Station {
  readonly page: 'registration';
  readonly username?: string;
  readonly email?: string;
  readonly back: string;
}

/** The code that was sent to a person who registered. */
export interface VerificationPage extends Station {
  readonly page: 'verification';
  readonly username: string;
}

export interface ConsentPage {
  readonly page: 'consent';
  readonly environmentName: string;
  readonly clientName: string;
  /** Where the answer goes: a host, or an app's private scheme; nothing when it goes to who asks for it (`pi.flow`). */
  readonly destination?: string;
  readonly username: string;
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
  readonly form: FlowForm;
}

/** Which code does the device show? */
export interface DeviceCodePage extends Station {
  readonly page: 'device-code';
  readonly username: string;
  readonly userCode?: string;
}

/** May this device have that? Names client, scope and code (DV-05). */
export interface DeviceConsentPage extends Station {
  readonly page: 'device-consent';
  readonly clientName: string;
  readonly username: string;
  readonly userCode: string;
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
}

/** A visit that leads nowhere else. */
export interface FlowEndPage {
  readonly page: 'flow-end';
  readonly environmentName: string;
  readonly outcome: 'device_allowed' | 'device_refused' | 'device_gone' | 'cancelled';
  /** Where to begin again. */
  readonly again?: string;
}

/** What clients ask a person who is signed on here (CIBA); each request has a form of its own. */
export interface ApprovalsPage {
  readonly page: 'approvals';
  readonly environmentName: string;
  readonly username: string;
  /** Where the forms go. */
  readonly action: string;
  /** Oldest first. */
  readonly requests: readonly ApprovalRequest[];
  /** What became of the one they just answered. */
  readonly answered?: { readonly clientName: string; readonly outcome: 'approved' | 'denied' | 'expired' };
}

export interface ApprovalRequest {
  readonly id: string;
  /** Bound to this request and this browser (CB-08). */
  readonly csrf: string;
  readonly clientName: string;
  /** What the client wants the person to recognise, word for word (B12). */
  readonly bindingMessage?: string;
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
  /** Seconds. */
  readonly age: number;
  /** Seconds. */
  readonly expiresIn: number;
}

/** End the session of this browser? */
export interface SignOffPage {
  readonly page: 'sign-off';
  readonly environmentName: string;
  readonly username?: string;
  /** Who sent the person here. */
  readonly clientName?: string;
  readonly form: SignOffForm;
}

export interface SignOffForm {
  readonly action: string;
  /** Bound to this session and this browser (LO-02). */
  readonly csrf: string;
  /** The request itself, which is looked at again. */
  readonly fields: Readonly<Record<string, string>>;
  /** As in {@link FlowForm}. */
  readonly formTargets?: readonly string[];
}

/** Nobody is signed on here. */
export interface SignedOffPage {
  readonly page: 'signed-off';
  readonly environmentName: string;
  /** Where the person came from. */
  readonly back?: { readonly name: string; readonly address: string };
}

export interface ErrorPage {
  readonly page: 'error';
  /** Whose page it is, once that is known. */
  readonly environmentName?: string;
  readonly status: number;
  /** One of the kinds below; its words live in `pages`. */
  readonly kind: ErrorPageKind;
  /** The protocol's code, for the developer who is looking. */
  readonly code?: string;
  /** What exactly was wrong, for the developer who is looking. */
  readonly description?: string;
  readonly requestId: string;
  /** Seconds, when trying again later helps. */
  readonly retryAfter?: number;
}

export type ErrorPageKind =
  | 'bad_request'
  | 'flow_expired'
  | 'other_browser'
  | 'forged'
  | 'not_found'
  | 'method'
  | 'too_large'
  | 'too_many'
  | 'unavailable'
  | 'fault';
