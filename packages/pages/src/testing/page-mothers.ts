import type { ConsentPage, DeviceConsentPage, ErrorPage, FlowForm, SignOnPage } from '@grantway/contracts';

export const aForm: FlowForm = {
  action: '/demo/signon',
  flowId: 'flow_0198',
  csrf: 'c5rf',
  formTargets: ['https://notes.example/callback'],
};

export function aSignOn(changes: Partial<SignOnPage> = {}): SignOnPage {
  return { page: 'sign-on', environmentName: 'Northwind', clientName: 'Field Notes', form: aForm, ...changes };
}

export function aConsent(changes: Partial<ConsentPage> = {}): ConsentPage {
  return {
    page: 'consent',
    environmentName: 'Northwind',
    clientName: 'Field Notes',
    destination: 'notes.example',
    username: 'ada',
    scopes: [{ name: 'openid', description: '' }],
    form: aForm,
    ...changes,
  };
}

export function anError(changes: Partial<ErrorPage> = {}): ErrorPage {
  return { page: 'error', status: 400, kind: 'bad_request', requestId: 'request-0198', ...changes };
}

export function aDeviceConsent(changes: Partial<DeviceConsentPage> = {}): DeviceConsentPage {
  return {
    page: 'device-consent',
    environmentName: 'Northwind',
    clientName: 'Field Notes TV',
    username: 'ada',
    userCode: 'WDJB-MJHT',
    scopes: [{ name: 'openid', description: '' }],
    form: aForm,
    ...changes,
  };
}
