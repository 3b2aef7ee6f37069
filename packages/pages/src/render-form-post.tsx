import type { FormPostReply } from '@grantway/contracts';
import { Button } from './components/button.js';
import { Layout } from './components/layout.js';
import { Name } from './components/name.js';
import { type RenderOptions, renderDocument } from './document.js';

export interface FormPostOptions extends RenderOptions {
  readonly environmentName?: string;
}

/**
 * The page that carries an authorization response to the client by itself; without scripts the person presses Continue.
 *
 * @see OAuth 2.0 Form Post Response Mode §2
 * @throws when the action is not a web address (AZ-11): nothing else can be posted to.
 */
export function renderFormPost(reply: Pick<FormPostReply, 'action' | 'fields'>, options: FormPostOptions = {}): string {
  const { environmentName, ...rest } = options;
  const address = URL.canParse(reply.action) ? new URL(reply.action) : undefined;
  if (address?.protocol !== 'https:' && address?.protocol !== 'http:') {
    throw new TypeError('A form_post response goes to an http(s) address');
  }

  return renderDocument({
    ...rest,
    title: `Continue to ${address.host}`,
    submits: true,
    body: (
      <Layout brand={environmentName}>
        <h1>Taking you back</h1>
        <p class="lead">
          You are on your way to <Name of={address.host} />. If nothing happens, press Continue.
        </p>
        <form method="post" action={reply.action}>
          {Object.entries(reply.fields).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <Button>Continue</Button>
        </form>
      </Layout>
    ),
  });
}
