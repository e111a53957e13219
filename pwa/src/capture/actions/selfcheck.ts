/** A look at this phone: browser, storage, clock, permissions, queue. Nothing about a resident. */
import { damaged } from '../../device/store'
import type { Found } from '../rules/selfcheck'
import { countQueue, exchange } from './exchange'
import { gaps } from './numbers'
import { facts, persisted } from './phone'

async function permission(name: PermissionName): Promise<string> {
  const permissions = (navigator as Partial<Navigator>).permissions
  if (!permissions || !('geolocation' in navigator)) return 'missing'
  try {
    return (await permissions.query({ name })).state
  } catch {
    // iOS before 16.4 does not know the question.
    return 'prompt'
  }
}

async function space(): Promise<{ quota: number | null; usage: number | null }> {
  const storage = (navigator as Partial<Navigator>).storage as Partial<StorageManager> | undefined
  const { quota = null, usage = null } = (await storage?.estimate?.()) ?? {}
  return { quota, usage }
}

export async function lookAtPhone(): Promise<Found> {
  await countQueue()
  const workers = (navigator as Partial<Navigator>).serviceWorker
  return {
    persisted: persisted.value,
    ...(await space()),
    skewMs: facts.value?.skew_ms ?? null,
    place: await permission('geolocation'),
    push: 'Notification' in window ? Notification.permission : 'missing',
    worker: workers?.controller != null,
    contactMs: facts.value?.contact_ms ?? null,
    waiting: exchange.queue?.waiting ?? 0,
    pictures: exchange.queue?.pictures ?? 0,
    refused: exchange.queue?.refused ?? 0,
    gaps: gaps.value?.length ?? 0,
    damaged: damaged.size,
  }
}
