/**
 * Every page in every state, as HTML and as pictures: `npm run gallery -w @grantway/pages -- OUT_DIR`.
 *
 * The pages are served with their real policy, so a picture without colours is a page without its stylesheet.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { delimiter, join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { findAsset, formPostPolicy, pagePolicy, renderFormPost, renderPage } from '../dist/index.js';
import { FORM_POSTS, PAGES } from './gallery-states.mjs';

const [out] = process.argv.slice(2);
if (!out) fail('Say where the pictures go: npm run gallery -w @grantway/pages -- OUT_DIR');

const VIEWS = [
  { name: '1280-light', width: 1280, colorScheme: 'light' },
  { name: '1280-dark', width: 1280, colorScheme: 'dark' },
  { name: '360-light', width: 360, colorScheme: 'light' },
  { name: '360-dark', width: 360, colorScheme: 'dark' },
  { name: '320-forced', width: 320, colorScheme: 'light', forcedColors: 'active' },
];

const documents = new Map();
for (const [name, model] of Object.entries(PAGES)) {
  documents.set(name, { html: renderPage(model), policy: pagePolicy(model) });
}
for (const [name, [reply, options]] of Object.entries(FORM_POSTS)) {
  documents.set(name, { html: renderFormPost(reply, options), policy: formPostPolicy(reply.action) });
}

const directory = resolve(process.env.INIT_CWD ?? '.', out);
await mkdir(directory, { recursive: true });
const server = createServer(answer).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: findChromium(),
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

const troubles = [];
try {
  for (const [name, { html }] of documents) await writeFile(join(directory, `${name}.html`), html);
  for (const view of VIEWS) await photograph(view);
} finally {
  await browser.close();
  server.close();
}

console.log(`${documents.size} pages, ${documents.size * VIEWS.length} pictures in ${directory}`);
if (troubles.length > 0) fail(troubles.join('\n'));

/** One picture of each page, and a complaint when it is wider than its window or its policy stopped something. */
async function photograph({ name: view, width, ...media }) {
  const context = await browser.newContext({
    ...media,
    viewport: { width, height: width > 600 ? 860 : 740 },
    deviceScaleFactor: width > 600 ? 1 : 2,
    // The form_post page would leave at once; without scripts is how a person gets to see it.
    javaScriptEnabled: false,
  });
  const page = await context.newPage();
  page.on('console', (message) => troubles.push(`${view}: ${message.text()}`));
  for (const name of documents.keys()) {
    await page.goto(`${origin}/${name}`);
    await page.screenshot({ path: join(directory, `${name}.${view}.png`), fullPage: true });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) troubles.push(`${name} ${view}: ${overflow} px wider than its window`);
  }
  await context.close();
}

function answer(request, response) {
  const document = documents.get(request.url.slice(1));
  const asset = findAsset(request.url);
  if (document) {
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': document.policy });
    response.end(document.html);
  } else if (asset) {
    response.writeHead(200, { 'content-type': asset.contentType, 'cache-control': asset.cacheControl });
    response.end(asset.body);
  } else response.writeHead(404).end();
}

/** CHROMIUM_BIN, or what the PATH has. */
function findChromium() {
  const found = [
    process.env.CHROMIUM_BIN,
    ...(process.env.PATH ?? '')
      .split(delimiter)
      .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name))),
  ].find((path) => path && existsSync(path));
  return found ?? fail('The gallery needs Chromium: install it, or set CHROMIUM_BIN.');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
