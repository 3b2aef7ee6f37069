import type { SignOnPage, SignOnProblem } from '@grantway/contracts';
import { Button } from '../components/button.js';
import { ErrorSummary, SUMMARY_ID } from '../components/error-summary.js';
import { Field } from '../components/field.js';
import { Layout } from '../components/layout.js';
import { Name } from '../components/name.js';
import { PostForm } from '../components/post-form.js';
import { durationWords } from '../words/duration-words.js';
import type { Page } from './page.js';

/** Who are you? */
export const SIGN_ON: Page<SignOnPage> = {
  title: ({ environmentName, problem }) => `${problem ? 'Problem: ' : ''}Sign in · ${environmentName}`,
  Body: ({ model: { environmentName, clientName, form, username, problem } }) => {
    const missing = (name: 'username' | 'password') => problem?.kind === 'missing' && problem.fields.includes(name);
    // House rule: which of the two was wrong is not ours to tell, so both are marked.
    const wrong = problem?.kind === 'wrong';
    const focusPassword = Boolean(username) && !missing('username');
    const describedBy = problem && SUMMARY_ID;

    return (
      <Layout brand={environmentName}>
        <h1>Sign in</h1>
        <p class="lead">
          to continue to <Name of={clientName} />
        </p>
        {problem && <Problem problem={problem} />}
        <PostForm form={form} action="usernamePassword.check">
          <Field
            name="username"
            label={LABELS.username}
            autocomplete="username"
            value={username}
            autofocus={!focusPassword}
            invalid={wrong}
            problem={missing('username') ? MISSING.username : undefined}
            describedBy={describedBy}
          />
          <Field
            name="password"
            label={LABELS.password}
            secret
            autocomplete="current-password"
            autofocus={focusPassword}
            invalid={wrong}
            problem={missing('password') ? MISSING.password : undefined}
            describedBy={describedBy}
          />
          <Button>Sign in</Button>
        </PostForm>
        <PostForm form={form} action="flow.cancel">
          <Button look="quiet">Cancel and go back</Button>
        </PostForm>
      </Layout>
    );
  },
};

const LABELS = { username: 'Username', password: 'Password' };
const MISSING = { username: 'Enter your username', password: 'Enter your password' };

function Problem({ problem }: { problem: SignOnProblem }) {
  switch (problem.kind) {
    case 'missing':
      return (
        <ErrorSummary>
          <ul>
            {problem.fields.map((field) => (
              <li key={field}>
                <a href={`#${field}`}>{MISSING[field]}</a>
              </li>
            ))}
          </ul>
        </ErrorSummary>
      );
    case 'wrong':
      return (
        <ErrorSummary>
          That username and password don’t match. <a href="#username">Check them</a> and try again.
        </ErrorSummary>
      );
    case 'wait':
      return (
        <ErrorSummary tone="warn">
          Too many tries. Wait <strong>{durationWords(problem.seconds)}</strong>, then try again.
        </ErrorSummary>
      );
  }
}
