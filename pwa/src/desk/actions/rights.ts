/** What residents ask about their own data: taken down, answered, handed over. */
import { server } from '../../api/server'

const XLSX = /^application\/vnd\.openxmlformats/
const PATIENCE_MS = 60_000

export type RightsKind = 'access' | 'copy' | 'correction' | 'deletion'
export type Asker = 'self' | 'guardian' | 'agent' | 'kin'

export interface RightsRequest {
  readonly id: string
  readonly resident_id: string
  readonly kind: RightsKind
  readonly asked_by: Asker
  readonly note: string | null
  readonly received_at: string
  readonly due_on: string
  readonly state: 'open' | 'done' | 'refused'
  readonly outcome: string | null
}

export interface WaitingRequest extends RightsRequest {
  readonly name: string
}

export interface Standing {
  readonly consents: readonly { purpose: string; given_by: string; given_at: string; withdrawn_at: string | null }[]
  readonly links: number
  readonly requests: readonly RightsRequest[]
  readonly duties: readonly { what: string; count: number; until: string }[]
  readonly sealing: { sealed_at: string; until: string | null; is_kept: boolean } | null
  readonly looks: readonly { at: string; action: string; by: string }[]
}

const STANDING = ['consents', 'requests', 'duties', 'looks'] as const

export function readStanding(residentId: string): Promise<Standing> {
  return server().get<Standing>(`/residents/${residentId}/rights`, STANDING)
}

export async function listWaiting(): Promise<WaitingRequest[]> {
  return (await server().get<{ items: WaitingRequest[] }>('/rights/requests', ['items'])).items
}

/** Pressed twice, as after a lost answer, it is taken down once: the sheet keeps the id. */
export function takeRequest(residentId: string, asked: { id: string; kind: RightsKind; asked_by: Asker; note: string | null }): Promise<RightsRequest> {
  return server().json({ method: 'POST', path: `/residents/${residentId}/rights/requests`, body: asked }, ['id', 'due_on'])
}

export function answerRequest(id: string, verdict: 'done' | 'refused', outcome: string): Promise<RightsRequest> {
  return server().json({ method: 'POST', path: `/rights/requests/${id}/answer`, body: { verdict, outcome } }, ['id', 'state'])
}

export function withdrawConsent(residentId: string, purpose: string): Promise<void> {
  return server().done({ method: 'DELETE', path: `/residents/${residentId}/consents/${purpose}` })
}

export function unseal(residentId: string, reason: string): Promise<Standing> {
  return server().json({ method: 'POST', path: `/residents/${residentId}/rights/unsealing`, body: { reason } }, STANDING)
}

export function copyOf(id: string): Promise<Blob> {
  return server().file({ method: 'POST', path: `/rights/requests/${id}/copy`, timeoutMs: PATIENCE_MS }, XLSX)
}
