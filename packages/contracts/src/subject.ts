/** Every NATS subject: `<room>.v1.<verb>`; one queue group per room, named as the room is. */
export const Subject = {
  AuthorizeStart: 'authorize.v1.start',
  AuthorizeResume: 'authorize.v1.resume',
  AuthorizePush: 'authorize.v1.push',
  SignOnPage: 'authorize.v1.page',
  SignOnSubmit: 'authorize.v1.submit',
  FlowRead: 'authorize.v1.flow',
  FlowAct: 'authorize.v1.act',
  SignOff: 'authorize.v1.sign-off',
  IdpSignOff: 'authorize.v1.idp-sign-off',
  TokenIssue: 'token.v1.issue',
  UserInfo: 'token.v1.userinfo',
  Introspect: 'token.v1.introspect',
  Revoke: 'token.v1.revoke',
  BackchannelPush: 'token.v1.push',
  Metadata: 'token.v1.metadata',
  Jwks: 'token.v1.jwks',
  AllowOrigin: 'token.v1.allow-origin',
  DeviceStart: 'device.v1.start',
  DevicePage: 'device.v1.page',
  BackchannelStart: 'ciba.v1.start',
  ApprovalsPage: 'ciba.v1.page',
  ApprovalsSubmit: 'ciba.v1.submit',
  ApprovalsList: 'ciba.v1.list',
  ApprovalsDecide: 'ciba.v1.decide',
} as const;

export type Subject = (typeof Subject)[keyof typeof Subject];
