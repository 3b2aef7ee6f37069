import type { ComponentChild, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { FAVICON_PATH, FORM_POST_SCRIPT_PATH, STYLESHEET_PATH } from './assets.js';
import { Mark } from './components/icons.js';

export interface RenderOptions {
  /** BCP 47; English when left out, or when it is not a language tag. */
  readonly lang?: string;
}

interface DocumentParts extends RenderOptions {
  readonly title: string;
  readonly body: VNode;
  /** Sends the page's form by itself. */
  readonly submits?: boolean;
}

/**
 * A whole HTML document. The parts that never change were turned into text when the process started; everything that
 * came from outside goes through Preact, which encodes it (AZ-11).
 */
export function renderDocument({ lang = 'en', title, body, submits }: DocumentParts): string {
  return `<!doctype html>
<html lang="${LANGUAGE_TAG.test(lang) ? lang : 'en'}">
${HEAD}${submits ? SCRIPT : ''}${text(<title>{title}</title>)}
</head>
<body>
${text(body)}
${FOOT}
</body>
</html>
`;
}

const LANGUAGE_TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/;

// The stylesheet first, so that it is on its way while the rest is read.
const HEAD = text(
  <>
    <meta charset="utf-8" />
    <link rel="stylesheet" href={STYLESHEET_PATH} />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <meta name="referrer" content="no-referrer" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" type="image/svg+xml" href={FAVICON_PATH} />
  </>,
).replace(/^/, '<head>\n');

const SCRIPT = text(<script src={FORM_POST_SCRIPT_PATH} defer />);

const FOOT = text(
  <footer class="foot">
    <Mark />
    Secured by Grantway
  </footer>,
);

function text(node: ComponentChild): string {
  return renderToString(node as VNode);
}
