import type {
  ChangePasswordPage,
  FlowForm,
  ForgotPasswordPage,
  RecoverPasswordPage,
  RegistrationPage,
  VerificationPage,
} from '@grantway/contracts';
import { Button } from '../components/button.js';
import { FlowInput } from '../components/flow-fields.js';
import { Problem } from '../components/flow-problem.js';
import { Layout } from '../components/layout.js';
import { Name } from '../components/name.js';
import { PostForm } from '../components/post-form.js';
import { fieldProblem } from '../words/flow-words.js';
import type { Page } from './page.js';

const LENGTH_HINT = 'At least 8 characters';

/** Whose password is to be replaced? The answer is the same for every name (SE-02). */
export const FORGOT_PASSWORD: Page<ForgotPasswordPage> = {
  title: ({ environmentName, problem }) => `${problem ? 'Problem: ' : ''}Forgot your password? · ${environmentName}`,
  Body: ({ model: { environmentName, form, username, problem, back } }) => (
    <Layout brand={environmentName}>
      <h1>Forgot your password?</h1>
      <p class="lead">Tell us your username, and we send you a code to choose a new one.</p>
      <Problem problem={problem} wrong={wrongCode('username')} />
      <PostForm form={form} action="password.forgot">
        <FlowInput name="username" autocomplete="username" value={username} autofocus problem={problem} />
        <Button>Send me a code</Button>
      </PostForm>
      <Back to={back} />
    </Layout>
  ),
};

export const RECOVER_PASSWORD: Page<RecoverPasswordPage> = {
  title: ({ environmentName, problem }) => `${problem ? 'Problem: ' : ''}Choose a new password · ${environmentName}`,
  Body: ({ model: { environmentName, form, username, problem } }) => {
    const aboutPassword = fieldProblem('newPassword', problem) !== undefined;
    const aboutCode = fieldProblem('recoveryCode', problem) !== undefined;
    return (
      <Layout brand={environmentName}>
        <h1>Choose a new password</h1>
        <p class="lead">
          If there is an account named <Name of={username} />, a code is on its way to it. It is good for a few minutes.
        </p>
        <Problem problem={problem} wrong={wrongCode('recoveryCode')} />
        <PostForm form={form} action="password.recover">
          <ForPasswordManagers username={username} />
          <FlowInput
            name="recoveryCode"
            autocomplete="one-time-code"
            autofocus={!aboutPassword || aboutCode}
            problem={problem}
          />
          <FlowInput
            name="newPassword"
            secret
            autocomplete="new-password"
            autofocus={aboutPassword && !aboutCode}
            hint={LENGTH_HINT}
            problem={problem?.kind === 'wrong' ? undefined : problem}
          />
          <Button>Change password</Button>
        </PostForm>
        <PostForm form={form} action="password.sendRecoveryCode">
          <Button look="quiet">Send another code</Button>
        </PostForm>
        <BackToSignIn form={form} />
      </Layout>
    );
  },
};

/** The password was right; it must not stay. */
export const CHANGE_PASSWORD: Page<ChangePasswordPage> = {
  title: ({ environmentName, problem }) => `${problem ? 'Problem: ' : ''}Change your password · ${environmentName}`,
  Body: ({ model: { environmentName, form, username, problem } }) => {
    const aboutNew = fieldProblem('newPassword', problem) !== undefined;
    const aboutCurrent = fieldProblem('currentPassword', problem) !== undefined;
    return (
      <Layout brand={environmentName}>
        <h1>Change your password</h1>
        <p class="lead">
          Before you go on as <Name of={username} />, please choose a new password.
        </p>
        <Problem
          problem={problem}
          wrong={{
            before: 'That is not your current password.',
            field: 'currentPassword',
            link: 'Check it',
            after: 'and try again.',
          }}
        />
        <PostForm form={form} action="password.reset">
          <ForPasswordManagers username={username} />
          <FlowInput
            name="currentPassword"
            secret
            autocomplete="current-password"
            autofocus={!aboutNew || aboutCurrent}
            problem={problem}
          />
          <FlowInput
            name="newPassword"
            secret
            autocomplete="new-password"
            autofocus={aboutNew && !aboutCurrent}
            hint={LENGTH_HINT}
            problem={problem?.kind === 'wrong' ? undefined : problem}
          />
          <Button>Change password</Button>
        </PostForm>
        <BackToSignIn form={form} />
      </Layout>
    );
  },
};

export const REGISTRATION: Page<RegistrationPage> = {
  title: ({ environmentName, problem }) => `${problem ? 'Problem: ' : ''}Create an account · ${environmentName}`,
  Body: ({ model: { environmentName, form, username, email, problem, back } }) => {
    const fields = ['username', 'email', 'password'] as const;
    const [first = 'username'] = fields.filter((name) => fieldProblem(name, problem) !== undefined);
    return (
      <Layout brand={environmentName}>
        <h1>Create an account</h1>
        <p class="lead">We send a code to your email address, to make sure that it is yours.</p>
        <Problem problem={problem} wrong={wrongCode('username')} />
        <PostForm form={form} action="user.register">
          <FlowInput
            name="username"
            autocomplete="username"
            value={username}
            autofocus={first === 'username'}
            problem={problem}
          />
          <FlowInput
            name="email"
            autocomplete="email"
            inputmode="email"
            value={email}
            autofocus={first === 'email'}
            problem={problem}
          />
          <FlowInput
            name="password"
            secret
            autocomplete="new-password"
            autofocus={first === 'password'}
            hint={LENGTH_HINT}
            problem={problem}
          />
          <Button>Create account</Button>
        </PostForm>
        <Back to={back} />
      </Layout>
    );
  },
};

export const VERIFICATION: Page<VerificationPage> = {
  title: ({ environmentName, problem }) => `${problem ? 'Problem: ' : ''}Confirm your address · ${environmentName}`,
  Body: ({ model: { environmentName, form, username, problem } }) => (
    <Layout brand={environmentName}>
      <h1>Confirm your email address</h1>
      <p class="lead">
        We sent a code to the address of <Name of={username} />. It is good for a few minutes.
      </p>
      <Problem problem={problem} wrong={wrongCode('verificationCode')} />
      <PostForm form={form} action="user.verify">
        <FlowInput name="verificationCode" autocomplete="one-time-code" autofocus problem={problem} />
        <Button>Confirm</Button>
      </PostForm>
      <PostForm form={form} action="user.sendVerificationCode">
        <Button look="quiet">Send another code</Button>
      </PostForm>
      <BackToSignIn form={form} />
    </Layout>
  ),
};

/** Whose the new password is; not sent, and not shown to people. */
function ForPasswordManagers({ username }: { username: string }) {
  return <input type="text" autocomplete="username" value={username} readOnly hidden />;
}

/** One message for a code that is wrong, used or too old. */
function wrongCode(field: 'recoveryCode' | 'verificationCode' | 'username') {
  return {
    before: 'That code doesn’t fit, or is no longer good.',
    field,
    link: 'Check it',
    after: 'or ask for another one.',
  } as const;
}

function Back({ to }: { to: string }) {
  return (
    <nav class="ways" aria-label="Back">
      <a href={to}>Back to sign in</a>
    </nav>
  );
}

function BackToSignIn({ form }: { form: FlowForm }) {
  return (
    <PostForm form={form} action="session.reset">
      <Button look="quiet">Back to sign in</Button>
    </PostForm>
  );
}
