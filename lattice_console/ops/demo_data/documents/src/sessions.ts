// Sessions of the billing portal. Governed by specs/user-auth.json.

import { randomUUID } from "node:crypto";
import type { Store } from "./store";

export const SESSION_HOURS = 24;
const HOUR = 60 * 60 * 1000;

export interface Session {
  id: string;
  userId: string;
  refreshToken: string;
  expiresAt: number;
}

export async function start(store: Store, userId: string): Promise<Session> {
  const session = {
    id: randomUUID(),
    userId,
    refreshToken: randomUUID(),
    expiresAt: Date.now() + SESSION_HOURS * HOUR,
  };
  await store.put(session);
  return session;
}

export async function refresh(store: Store, token: string): Promise<Session> {
  const session = await store.byRefreshToken(token);
  if (!session || session.expiresAt < Date.now()) {
    throw new Error("The session has expired; sign in again.");
  }
  session.expiresAt = Date.now() + SESSION_HOURS * HOUR;
  await store.put(session);
  return session;
}
