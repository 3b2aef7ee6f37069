import type { FlowForm } from '@grantway/contracts';
import { Button } from './button.js';
import { Name } from './name.js';
import { PostForm } from './post-form.js';

/** As whom one is about to decide, unless that is not for whoever sits here now, and the way out for somebody else. */
export function SignedIn({ username, form }: { username: string; form: FlowForm }) {
  return (
    <section class="person" aria-label="Signed in">
      {username && (
        <p>
          <span class="muted">Signed in as</span> <Name of={username} />
        </p>
      )}
      <PostForm form={form} action="session.reset">
        <Button look="quiet">Not you? Sign in as somebody else</Button>
      </PostForm>
    </section>
  );
}
