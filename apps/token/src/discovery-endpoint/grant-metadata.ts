import { Manifest } from '@grantway/grant-sdk/contract';

/** What the grants that are not built in add to discovery. Endpoints are paths, so none lies outside this issuer. */
export function grantMetadata(
  manifests: readonly Manifest[],
  grantTypes: readonly string[],
  issuer: string,
): Readonly<Record<string, unknown>> {
  const additions = manifests
    .filter(({ type }) => grantTypes.includes(type))
    .flatMap(({ metadata: { paths = {}, values = {} } = {} }) => [
      ...Object.entries(paths).map(([name, path]) => [name, `${issuer}${path}`] as const),
      ...Object.entries(values),
    ]);
  return Object.fromEntries(additions);
}
