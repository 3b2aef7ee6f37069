/** Addresses of a flow's stations, relative to the public URL. */
export function signOnLocation(environmentId: string, flowId: string): string {
  return `/${environmentId}/signon?flowId=${flowId}`;
}

export function resumeLocation(environmentId: string, flowId: string): string {
  return `/${environmentId}/as/resume?flowId=${flowId}`;
}
