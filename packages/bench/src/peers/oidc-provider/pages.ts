/** Where a person enters name and password. */
export function signOnPage(uid: string, message = ''): string {
  return page(
    'Sign on',
    `${message && `<p role="alert">${message}</p>`}
    <form method="post" action="/interaction/${uid}">
      <label>User name <input name="username" autocomplete="username" required autofocus></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
      <button type="submit">Sign on</button>
    </form>`,
  );
}

/** Where a person allows what a client asks for. */
export function consentPage(uid: string, clientId: string, scopes: readonly string[]): string {
  return page(
    'Allow access',
    `<p>${escaped(clientId)} would like to have access to:</p>
    <ul>${scopes.map((scope) => `<li>${escaped(scope)}</li>`).join('')}</ul>
    <form method="post" action="/interaction/${uid}">
      <button type="submit" name="decision" value="allow">Allow</button>
    </form>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
  <body>
    <h1>${title}</h1>
    ${body}
  </body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
}
