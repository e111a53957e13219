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

const FILE = /^(text\/csv|application\/vnd\.openxmlformats)/
const PATIENCE_MS = 180_000

export function exportForm(wanted: FormExport): Promise<Blob> {
  return file('/exports/submissions', { ...wanted })
}

export function exportFigures(wanted: FigureExport): Promise<Blob> {
  return file('/exports/figures', { ...wanted })
}

function file(path: string, { area, ...body }: { area: string | null }): Promise<Blob> {
  return server().file({ method: 'POST', path, body: area === null ? body : { ...body, area }, timeoutMs: PATIENCE_MS }, FILE)
}
