/** Every NATS subject: `<room>.v1.<verb>`; one queue group per room, named as the room is. */
export const Subject = {
  AuthorizeStart: 'authorize.v1.start',
  AuthorizeResume: 'authorize.v1.resume',
  SignOnPage: 'authorize.v1.page',
  SignOnSubmit: 'authorize.v1.submit',
  TokenIssue: 'token.v1.issue',
  UserInfo: 'token.v1.userinfo',
  Metadata: 'token.v1.metadata',
  Jwks: 'token.v1.jwks',
  AllowOrigin: 'token.v1.allow-origin',
} as const;

export type Subject = (typeof Subject)[keyof typeof Subject];
