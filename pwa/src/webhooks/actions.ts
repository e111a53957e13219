/** Other systems that are told what happens to submissions; twin of backend/api/wire/webhooks.py. */
import { server } from '../api/server'

export const EVENTS = ['submission.stored', 'submission.corrected', 'submission.decided'] as const
export type Event = (typeof EVENTS)[number]

export interface Webhook {
  id: string
  url: string
  area_code: string
  events: Event[]
  note: string
  made_at: string
  ended_at: string | null
  ended_why: 'by_staff' | 'gone' | null
  standing: { delivered: number; planned: number; failed: number }
}

/** The secret of the signatures is shown this once. */
export interface WebhookMade extends Webhook { secret: string }

export interface Delivery {
  id: string
  event: Event | 'webhook.test'
  submission_id: string | null
  planned_at: string
  state: 'planned' | 'delivered' | 'failed'
  attempts: number
  due_at: string | null
  status: number | null
  detail: string | null
  settled_at: string | null
}

interface Deliveries { items: Delivery[] }

export async function listWebhooks(): Promise<Webhook[]> {
  return (await server().get<{ items: Webhook[] }>('/webhooks', ['items'])).items
}

export function makeWebhook(wanted: { url: string; area: string; note: string; events: Event[] }): Promise<WebhookMade> {
  return server().post<WebhookMade>('/webhooks', wanted, ['id', 'secret'])
}

export function endWebhook(id: string): Promise<void> {
  return server().done({ method: 'DELETE', path: `/webhooks/${id}` })
}

export async function listDeliveries(id: string): Promise<Delivery[]> {
  return (await server().get<Deliveries>(`/webhooks/${id}/deliveries`, ['items'])).items
}

export async function tryWebhook(id: string): Promise<Delivery[]> {
  return (await server().post<Deliveries>(`/webhooks/${id}/test`, {}, ['items'])).items
}

export async function sendAgain(deliveryId: string): Promise<Delivery[]> {
  return (await server().post<Deliveries>(`/webhooks/deliveries/${deliveryId}/again`, {}, ['items'])).items
}
