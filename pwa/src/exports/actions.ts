/** Files out. The server writes down who took what, and why, before the first byte leaves. */
import { server } from '../api/server'
import type { Basis, By } from '../figures/model'

export interface FormExport {
  form: string
  from_on: string
  to_on: string
  area: string | null
  format: 'csv' | 'xlsx'
  names: boolean
  reason: string
}

export interface FigureExport {
  year: number
  month: number
  area: string | null
  by: By
  basis: Basis
  reason: string
}

/** An address from which a spreadsheet refreshes by itself. */
export interface CsvLink {
  id: string
  form_key: string
  area_code: string
  names: boolean
  reason: string
  expires_on: string
  last_used_at: string | null
}

export interface CsvLinkMade extends CsvLink { token: string }

export async function listCsvLinks(): Promise<CsvLink[]> {
  return (await server().get<{ items: CsvLink[] }>('/exports/links', ['items'])).items
}

export function makeCsvLink(wanted: { form: string; area: string; names: boolean; reason: string }): Promise<CsvLinkMade> {
  return server().post<CsvLinkMade>('/exports/links', wanted, ['id', 'token'])
}

export function revokeCsvLink(id: string): Promise<void> {
  return server().done({ method: 'DELETE', path: `/exports/links/${id}` })
}

const FILE = /^(text\/csv|application\/vnd\.openxmlformats|application\/fhir\+json)/
const PATIENCE_MS = 180_000

export function exportForm(wanted: FormExport): Promise<Blob> {
  return file('/exports/submissions', { ...wanted })
}

export function exportFigures(wanted: FigureExport): Promise<Blob> {
  return file('/exports/figures', { ...wanted })
}

/** Everything known of one resident, as a FHIR R4B Bundle. */
export function exportFhir(residentId: string, reason: string): Promise<Blob> {
  return file('/exports/fhir', { resident_id: residentId, reason })
}

function file(path: string, { area = null, ...body }: { area?: string | null; reason: string } & Record<string, unknown>): Promise<Blob> {
  return server().file({ method: 'POST', path, body: area === null ? body : { ...body, area }, timeoutMs: PATIENCE_MS }, FILE)
}
