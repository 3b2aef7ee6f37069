import { request } from './http.js';
import { target } from './target.js';

/**
 * That many requests at one moment. Their connections are opened beforehand: on a busy machine a hundred of them take
 * longer than what the server still takes for "at once" (apps/token/adr/0001), and then the last are replays.
 */
export async function burst<T>(callers: number, act: (index: number) => Promise<T>): Promise<T[]> {
  await Promise.all(Array.from({ length: callers }, () => request(`${target.baseUrl}/healthz`)));
  return Promise.all(Array.from({ length: callers }, (_, index) => act(index)));
}
