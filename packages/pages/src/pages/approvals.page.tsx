import type { ApprovalRequest, ApprovalsPage } from '@grantway/contracts';
import { Button } from '../components/button.js';
import { GoodNews } from '../components/error-summary.js';
import { Layout } from '../components/layout.js';
import { Foreign, Name } from '../components/name.js';
import { ScopeList } from '../components/scope-list.js';
import { durationWords } from '../words/duration-words.js';
import type { Page } from './page.js';

/** Who asks for what, elsewhere, and was it you? */
export const APPROVALS: Page<ApprovalsPage> = {
  title: ({ environmentName, requests }) => `${titleOf(requests.length)} · ${environmentName}`,
  Body: ({ model: { environmentName, username, action, requests, answered } }) => (
    <Layout brand={environmentName}>
      <h1>{titleOf(requests.length)}</h1>
      <p class="lead">
        Signed in as <Name of={username} />
      </p>
      {answered && <Answered {...answered} />}
      {requests.map((request) => (
        <Request key={request.id} action={action} request={request} />
      ))}
      <p class="lead">
        {requests.length === 0 && 'When an app asks you for something, it appears here. '}
        <a href={action}>Look for new requests</a>
      </p>
    </Layout>
  ),
};

function titleOf(requests: number): string {
  if (requests === 0) return 'Nothing waits for you';
  return requests === 1 ? 'An app is waiting for you' : `${requests} apps are waiting for you`;
}

/** The message word for word, and both answers of one size: the choice is the person's, not the layout's. */
function Request({ action, request }: { action: string; request: ApprovalRequest }) {
  const { id, csrf, clientName, bindingMessage, scopes, age, expiresIn } = request;
  return (
    <section class="request" aria-labelledby={`request-${id}`}>
      <h2 id={`request-${id}`}>
        <Foreign text={clientName} /> asks you to allow this
      </h2>
      {bindingMessage !== undefined && (
        <>
          <p>It shows you this message as well:</p>
          <p class="binding">
            <bdi>{bindingMessage}</bdi>
          </p>
        </>
      )}
      <ScopeList scopes={scopes} />
      <p class="muted">
        Asked {durationWords(age)} ago, good for {durationWords(expiresIn)} more. If you did not start this, deny it.
      </p>
      <form method="post" action={action} novalidate>
        <input type="hidden" name="request" value={id} />
        <input type="hidden" name="csrf" value={csrf} />
        <div class="choice">
          <Button name="verdict" value="approve">
            Allow
          </Button>
          <Button name="verdict" value="deny" look="neutral">
            Deny
          </Button>
        </div>
      </form>
    </section>
  );
}

const OUTCOMES = {
  approved: 'You allowed it for',
  denied: 'You denied it to',
  expired: 'It was too late to answer',
} as const;

function Answered({ clientName, outcome }: NonNullable<ApprovalsPage['answered']>) {
  return (
    <GoodNews>
      {OUTCOMES[outcome]} <Name of={clientName} />.
    </GoodNews>
  );
}
