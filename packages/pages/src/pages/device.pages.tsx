import type { DeviceCodePage, DeviceConsentPage, FlowEndPage } from '@grantway/contracts';
import { Button } from '../components/button.js';
import { Caution } from '../components/error-summary.js';
import { FlowInput } from '../components/flow-fields.js';
import { Problem } from '../components/flow-problem.js';
import { Layout } from '../components/layout.js';
import { Foreign } from '../components/name.js';
import { PostForm } from '../components/post-form.js';
import { ScopeList } from '../components/scope-list.js';
import { SignedIn } from '../components/signed-in.js';
import type { Page } from './page.js';

const WRONG = {
  before: 'No device is waiting with that code.',
  field: 'userCode',
  link: 'Check it',
  after: 'against the screen, or let the device show a new one.',
} as const;

/** Which code does the device show? */
export const DEVICE_CODE: Page<DeviceCodePage> = {
  title: ({ environmentName, problem }) => `${problem ? 'Problem: ' : ''}Connect a device · ${environmentName}`,
  Body: ({ model: { environmentName, form, username, userCode, problem } }) => (
    <Layout brand={environmentName}>
      <h1>Connect a device</h1>
      <SignedIn username={username} form={form} />
      <Problem problem={problem} wrong={WRONG} />
      <PostForm form={form} action="deviceAuthGrant.userCode.verify">
        <FlowInput
          name="userCode"
          autocomplete="off"
          value={userCode}
          autofocus
          hint="Compare it with the screen of your device"
          problem={problem}
        />
        <Button>Continue</Button>
      </PostForm>
      <PostForm form={form} action="flow.cancel">
        <Button look="quiet">Cancel</Button>
      </PostForm>
    </Layout>
  ),
};

/** May this device have that? (DV-05) */
export const DEVICE_CONSENT: Page<DeviceConsentPage> = {
  title: ({ environmentName, clientName }) => `Allow ${clientName} on a device? · ${environmentName}`,
  Body: ({ model: { environmentName, clientName, form, username, userCode, scopes } }) => (
    <Layout brand={environmentName}>
      <h1>
        Allow <Foreign text={clientName} /> on your device to use your account?
      </h1>
      <SignedIn username={username} form={form} />
      <section>
        <h2>The device shows this code</h2>
        <p class="user-code">
          <Foreign text={userCode} />
        </p>
      </section>
      {scopes.length > 0 && (
        <section>
          <h2>It asks to</h2>
          <ScopeList scopes={scopes} />
        </section>
      )}
      <Caution>
        Go on only if you started this yourself, on a device that is in front of you. If somebody sent you the code or a
        link, refuse.
      </Caution>
      <PostForm form={form} action="deviceAuthGrant.consent">
        <div class="choice">
          <Button name="accept" value="true">
            Allow
          </Button>
          <Button name="accept" value="false" look="neutral">
            Refuse
          </Button>
        </div>
      </PostForm>
    </Layout>
  ),
};

const ENDS = {
  device_allowed: {
    title: 'Your device is connected',
    words: 'Go back to your device. It goes on by itself in a moment, and you can close this page.',
  },
  device_refused: {
    title: 'You refused the device',
    words: 'It gets no access to your account. You can close this page.',
  },
  device_gone: {
    title: 'This code is no longer waiting',
    words: 'It was answered already, or has expired. Start again on your device to get a new code.',
  },
  cancelled: { title: 'You cancelled', words: 'Nothing was changed. You can close this page.' },
} as const;

/** Nothing more to do here. */
export const FLOW_END: Page<FlowEndPage> = {
  title: ({ environmentName, outcome }) => `${ENDS[outcome].title} · ${environmentName}`,
  Body: ({ model: { environmentName, outcome, again } }) => (
    <Layout brand={environmentName}>
      <h1>{ENDS[outcome].title}</h1>
      <p class="lead">{ENDS[outcome].words}</p>
      {again !== undefined && (
        <nav class="ways" aria-label="Again">
          <a href={again}>Enter another code</a>
        </nav>
      )}
    </Layout>
  ),
};
