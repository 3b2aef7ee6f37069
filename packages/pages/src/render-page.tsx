import type { PageModel } from '@grantway/contracts';
import { type RenderOptions, renderDocument } from './document.js';
import {
  CHANGE_PASSWORD,
  FORGOT_PASSWORD,
  RECOVER_PASSWORD,
  REGISTRATION,
  VERIFICATION,
} from './pages/account.pages.js';
import { APPROVALS } from './pages/approvals.page.js';
import { CONSENT } from './pages/consent.page.js';
import { DEVICE_CODE, DEVICE_CONSENT, FLOW_END } from './pages/device.pages.js';
import { ERROR } from './pages/error.page.js';
import type { Page } from './pages/page.js';
import { SIGN_OFF, SIGNED_OFF } from './pages/sign-off.page.js';
import { SIGN_ON } from './pages/sign-on.page.js';

/** Every page by its name; a model without a page does not compile. */
const PAGES: { readonly [Name in PageModel['page']]: Page<Extract<PageModel, { page: Name }>> } = {
  'sign-on': SIGN_ON,
  'forgot-password': FORGOT_PASSWORD,
  'recover-password': RECOVER_PASSWORD,
  'change-password': CHANGE_PASSWORD,
  registration: REGISTRATION,
  verification: VERIFICATION,
  consent: CONSENT,
  'device-code': DEVICE_CODE,
  'device-consent': DEVICE_CONSENT,
  'flow-end': FLOW_END,
  approvals: APPROVALS,
  'sign-off': SIGN_OFF,
  'signed-off': SIGNED_OFF,
  error: ERROR,
};

/**
 * The HTML document for a page's model. Every value in the model is shown as text, whatever it contains.
 *
 * @throws when a service names a page this gateway does not have yet: deploy the gateway first.
 */
export function renderPage(model: PageModel, options: RenderOptions = {}): string {
  if (!Object.hasOwn(PAGES, model.page)) throw new TypeError(`No page is named ${JSON.stringify(model.page)}`);
  // TypeScript cannot follow that the entry found by a model's name takes that model.
  const { title, Body } = PAGES[model.page] as Page<PageModel>;
  return renderDocument({ ...options, title: title(model), body: <Body model={model} /> });
}
