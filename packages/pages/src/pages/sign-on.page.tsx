import type { SignOnPage } from '@grantway/contracts';
import { Button } from '../components/button.js';
import { GoodNews } from '../components/error-summary.js';
import { FlowInput } from '../components/flow-fields.js';
import { Problem } from '../components/flow-problem.js';
import { Layout } from '../components/layout.js';
import { Name } from '../components/name.js';
import { PostForm } from '../components/post-form.js';
import { fieldProblem } from '../words/flow-words.js';
import type { Page } from './page.js';

const WRONG = {
  before: 'That username and password don’t match.',
  field: 'username',
  link: 'Check them',
  after: 'and try again.',
} as const;

/** Who are you? */
export const SIGN_ON: Page<SignOnPage> = {
  title: ({ environmentName, problem }) => `${problem ? 'Problem: ' : ''}Sign in · ${environmentName}`,
  Body: ({ model: { environmentName, clientName, form, username, problem, passwordChanged, ...ways } }) => {
    const focusPassword = Boolean(username) && fieldProblem('username', problem) === undefined;
    return (
      <Layout brand={environmentName}>
        <h1>Sign in</h1>
        <p class="lead">to continue to {clientName === undefined ? 'your account' : <Name of={clientName} />}</p>
        {passwordChanged && !problem && <GoodNews>Your password was changed. Sign in with the new one.</GoodNews>}
        <Problem problem={problem} wrong={WRONG} />
        <PostForm form={form} action="usernamePassword.check">
          <FlowInput
            name="username"
            autocomplete="username"
            value={username}
            autofocus={!focusPassword}
            problem={problem}
          />
          <FlowInput
            name="password"
            secret
            autocomplete="current-password"
            autofocus={focusPassword}
            problem={problem}
          />
          <Button>Sign in</Button>
        </PostForm>
        {(ways.recovery ?? ways.registration) && (
          <nav class="ways" aria-label="Without a password">
            {ways.recovery && <a href={ways.recovery}>Forgot your password?</a>}
            {ways.registration && <a href={ways.registration}>Create an account</a>}
          </nav>
        )}
        {ways.startOver && (
          <PostForm form={form} action="session.reset">
            <Button look="quiet">Not you? Sign in as somebody else</Button>
          </PostForm>
        )}
        <PostForm form={form} action="flow.cancel">
          <Button look="quiet">Cancel and go back</Button>
        </PostForm>
      </Layout>
    );
  },
};
