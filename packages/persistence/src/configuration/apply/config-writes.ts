import type { TransactionClient } from '../../database/database.js';
import type { Plan } from './config-plan.js';
import type { PlannedUser } from './user-plan.js';

/** Makes the tables say what was planned. */
export async function writePlan(tx: TransactionClient, plan: Plan, environmentId: string, now: Date): Promise<void> {
  await writeEnvironment(tx, plan, now);
  await writeResources(tx, plan, environmentId, now);
  await writeClients(tx, plan, environmentId, now);
  await writeUsers(tx, plan, environmentId, now);
  await writeServiceAccounts(tx, plan, environmentId, now);
}

async function writeEnvironment(tx: TransactionClient, { environment }: Plan, now: Date): Promise<void> {
  await tx.environment.createMany({ data: [...environment.create] });
  for (const row of environment.update) {
    await tx.environment.update({ where: { id: row.id }, data: { ...row, updatedAt: now } });
  }
}

async function writeResources(
  tx: TransactionClient,
  { resources }: Plan,
  environmentId: string,
  now: Date,
): Promise<void> {
  await tx.resource.deleteMany({ where: { environmentId, name: { in: [...resources.remove] } } });
  for (const row of resources.update) {
    const where = { environmentId_name: { environmentId, name: row.name } };
    await tx.resource.update({ where, data: { ...(await nulled(row, 'mayAct')), updatedAt: now } });
  }
  const created = await Promise.all(resources.create.map((row) => nulled(row, 'mayAct')));
  await tx.resource.createMany({ data: created.map((row) => ({ ...row, environmentId, origin: 'file' })) });
}

async function writeClients(tx: TransactionClient, { clients }: Plan, environmentId: string, now: Date): Promise<void> {
  if (clients.remove.length > 0) {
    const clientId = { in: [...clients.remove] };
    await tx.client.deleteMany({ where: { environmentId, id: clientId } });
    // A client of the same name that is registered later is another one: it must not find the old one's refresh tokens alive.
    await tx.authorization.updateMany({
      where: { environmentId, clientId, revokedAt: null },
      data: { revokedAt: now },
    });
    await tx.consent.deleteMany({ where: { environmentId, clientId } });
  }
  for (const row of clients.update) {
    await tx.client.update({
      where: { environmentId_id: { environmentId, id: row.id } },
      data: { ...(await nulled(row, 'keys')), updatedAt: now },
    });
  }
  const created = await Promise.all(clients.create.map((row) => nulled(row, 'keys')));
  await tx.client.createMany({ data: created.map((row) => ({ ...row, environmentId, origin: 'file' })) });
}

async function writeUsers(tx: TransactionClient, { users }: Plan, environmentId: string, now: Date): Promise<void> {
  for (const row of users.update) {
    const where = { environmentId_id: { environmentId, id: row.id } };
    const changedAt = await passwordChange(tx, row, environmentId, now);
    await tx.directoryUser.update({ where, data: { ...row, ...changedAt, updatedAt: now } });
  }
  await tx.directoryUser.createMany({ data: users.create.map((row) => ({ ...row, environmentId })) });
}

async function passwordChange(
  tx: TransactionClient,
  { id, passwordHash }: PlannedUser,
  environmentId: string,
  now: Date,
): Promise<{ passwordChangedAt?: Date }> {
  if (passwordHash === undefined) return {};
  const same = await tx.directoryUser.count({ where: { environmentId, id, passwordHash } });
  return same === 0 ? { passwordChangedAt: now } : {};
}

async function writeServiceAccounts(
  tx: TransactionClient,
  { serviceAccounts }: Plan,
  environmentId: string,
  now: Date,
): Promise<void> {
  await tx.serviceAccount.deleteMany({ where: { environmentId, id: { in: [...serviceAccounts.remove] } } });
  for (const row of serviceAccounts.update) {
    const where = { environmentId_id: { environmentId, id: row.id } };
    await tx.serviceAccount.update({ where, data: { ...row, updatedAt: now } });
  }
  await tx.serviceAccount.createMany({
    data: serviceAccounts.create.map((row) => ({ ...row, environmentId, origin: 'file' })),
  });
}

/** For a JSON column Prisma tells a JSON null from no value, and takes the second only by a name of its own. */
async function nulled<Row extends object, Column extends keyof Row>(row: Row, column: Column): Promise<Row> {
  if (row[column] !== null) return row;
  const { Prisma } = await import('../../generated/client.js');
  return { ...row, [column]: Prisma.DbNull };
}
