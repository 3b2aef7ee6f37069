import { defineConfig } from 'prisma/config';

/** For Prisma's own command line (`prisma migrate status`, `prisma studio`) run in this folder; nothing here needs it to run. */
export default defineConfig({
  schema: '../../prisma/schema',
  migrations: { path: '../../prisma/migrations' },
  ...(process.env['DATABASE_URL'] && { datasource: { url: process.env['DATABASE_URL'] } }),
});
