import type { ConsentPage } from '@grantway/contracts';
import { Button } from '../components/button.js';
import { Layout } from '../components/layout.js';
import { Foreign, Name } from '../components/name.js';
import { PostForm } from '../components/post-form.js';
import { ScopeList } from '../components/scope-list.js';
import { SignedIn } from '../components/signed-in.js';
import type { Page } from './page.js';

/** May this client have that? */
export const CONSENT: Page<ConsentPage> = {
  title: ({ environmentName, clientName }) => `Allow ${clientName}? · ${environmentName}`,
  Body: ({ model: { environmentName, clientName, destination, username, scopes, form } }) => (
    <Layout brand={environmentName}>
      <h1>
        Allow <Foreign text={clientName} /> to use your account?
      </h1>
      <SignedIn username={username} form={form} />
      {scopes.length > 0 && (
        <section>
          <h2>It asks to</h2>
          <ScopeList scopes={scopes} />
        </section>
      )}
      {destination !== undefined && (
        <p class="lead">
          After this you go to <Name of={destination} />
        </p>
      )}
      <PostForm form={form} action="user.consent">
        <div class="choice">
          <Button name="accept" value="true">
            Allow
          </Button>
          <Button name="accept" value="false" look="neutral">
            Cancel
          </Button>
        </div>
      </PostForm>
    </Layout>
  ),
};
