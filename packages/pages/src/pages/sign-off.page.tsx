import type { SignedOffPage, SignOffPage } from '@grantway/contracts';
import { Button } from '../components/button.js';
import { Layout } from '../components/layout.js';
import { Foreign, Name } from '../components/name.js';
import type { Page } from './page.js';

/** Shall the session end? */
export const SIGN_OFF: Page<SignOffPage> = {
  title: ({ environmentName }) => `Sign off? · ${environmentName}`,
  Body: ({ model: { environmentName, username, clientName, form } }) => (
    <Layout brand={environmentName}>
      <h1>Do you want to sign off?</h1>
      <p class="lead">
        You are signed in
        {username !== undefined && (
          <>
            {' '}
            as <Name of={username} />
          </>
        )}
        . Signing off ends that in this browser
        {clientName !== undefined && (
          <>
            , for <Name of={clientName} /> and everything else you use it for
          </>
        )}
        .
      </p>
      <form method="post" action={form.action}>
        {Object.entries(form.fields).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <input type="hidden" name="csrf" value={form.csrf} />
        <Button name="confirm" value="true">
          Sign off
        </Button>
      </form>
      <p class="muted">You did not ask for this? Close this page, and you stay signed in.</p>
    </Layout>
  ),
};

/** It has ended. */
export const SIGNED_OFF: Page<SignedOffPage> = {
  title: ({ environmentName }) => `Signed off · ${environmentName}`,
  Body: ({ model: { environmentName, back } }) => (
    <Layout brand={environmentName}>
      <h1>You are signed off</h1>
      <p class="lead">Nobody is signed in here any more. You can close this page.</p>
      {back && isWeb(back.address) && (
        <p>
          <a href={back.address}>
            Back to <Foreign text={back.name} />
          </a>
        </p>
      )}
    </Layout>
  ),
};

/** A link to anything else might run it. */
function isWeb(address: string): boolean {
  return /^https?:\/\//i.test(address);
}
