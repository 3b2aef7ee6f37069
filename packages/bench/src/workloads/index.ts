import { W1, W2, W3 } from './client-credentials.js';
import { W9 } from './device.js';
import { W6, W7 } from './documents.js';
import { W4, W5, W8, W10 } from './people.js';
import type { Workload } from './workload.js';

export const WORKLOADS: readonly Workload[] = [W1, W2, W3, W4, W5, W6, W7, W8, W9, W10];
