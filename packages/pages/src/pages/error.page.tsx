import type { ErrorPage } from '@grantway/contracts';
import { Layout } from '../components/layout.js';
import { Foreign } from '../components/name.js';
import { durationWords } from '../words/duration-words.js';
import { ERROR_WORDS } from '../words/error-words.js';
import type { Page } from './page.js';

/** What went wrong, and what now. */
export const ERROR: Page<ErrorPage> = {
  title: ({ kind, environmentName }) => `${ERROR_WORDS[kind].title} · ${environmentName ?? 'Grantway'}`,
  Body: ({ model }) => {
    const { title, happened, advice } = ERROR_WORDS[model.kind];
    return (
      <Layout brand={model.environmentName} aside={<ForDevelopers model={model} />}>
        <h1>{title}</h1>
        <p class="lead">{happened}</p>
        <p>{advice(durationWords(model.retryAfter ?? 0))}</p>
      </Layout>
    );
  },
};

/** The protocol's side of it: small, below the card, and open, because a request id is what support asks for first. */
function ForDevelopers({ model: { code, description, requestId } }: { model: ErrorPage }) {
  return (
    <section class="developers" aria-labelledby="developers">
      <h2 id="developers">For developers</h2>
      <dl>
        {code !== undefined && <Fact name="Error" value={code} />}
        {description !== undefined && <Fact name="Reason" value={description} prose />}
        <Fact name="Request id" value={requestId} />
      </dl>
    </section>
  );
}

function Fact({ name, value, prose }: { name: string; value: string; prose?: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class={prose ? 'prose' : undefined}>
        <Foreign text={value} />
      </dd>
    </>
  );
}
