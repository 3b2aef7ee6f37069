import type { FlowForm } from '@grantway/contracts';
import type { ComponentChildren } from 'preact';

interface PostFormProps {
  readonly form: FlowForm;
  /** What the flow is asked to do with the fields. */
  readonly action:
    | 'usernamePassword.check'
    | 'user.consent'
    | 'session.reset'
    | 'flow.cancel'
    | 'password.forgot'
    | 'password.sendRecoveryCode'
    | 'password.recover'
    | 'password.reset'
    | 'user.register'
    | 'user.sendVerificationCode'
    | 'user.verify'
    | 'deviceAuthGrant.userCode.verify'
    | 'deviceAuthGrant.consent';
  readonly children: ComponentChildren;
}

/** A form that drives a flow. `novalidate`: the server's words are better than the browser's bubbles, and always there. */
export function PostForm({ form, action, children }: PostFormProps) {
  return (
    <form method="post" action={form.action} novalidate>
      <input type="hidden" name="flowId" value={form.flowId} />
      <input type="hidden" name="csrf" value={form.csrf} />
      <input type="hidden" name="action" value={action} />
      {children}
    </form>
  );
}
