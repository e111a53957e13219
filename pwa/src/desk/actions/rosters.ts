/** Lists of residents out of files: looked at, written, taken back. */
import { server } from '../../api/server'

/** Ten thousand rows are matched one by one. */
const PATIENCE_MS = 180_000

export type RosterState = 'new' | 'known' | 'twice' | 'wrong'

export interface RosterFile {
  readonly id: string
  /** base64 */
  readonly content: string
  /** What -> heading; null: guessed. */
  readonly columns: Readonly<Record<string, string>> | null
  readonly village_code: string | null
}

export interface RosterLine {
  readonly number: number
  readonly state: RosterState
  readonly name: string
  readonly sex: string | null
  readonly birth_date: string | null
  readonly village_code: string | null
  readonly household_no: string | null
  readonly doubts: readonly { code: string; what: string; stops: boolean }[]
  readonly others: readonly { id: string; name: string; birth_date: string; verdict: string }[]
  readonly earlier: number | null
}

export interface RosterLook {
  readonly headings: readonly string[]
  readonly columns: Readonly<Record<string, string>>
  readonly rows: number
  readonly counts: Partial<Record<RosterState, number>>
  readonly items: readonly RosterLine[]
}

export interface Roster {
  readonly id: string
  readonly file_name: string
  readonly residents: number
  readonly households: number
  readonly left_out: number
  readonly taken_at: string
  readonly undone_at: string | null
}

export function lookAtRoster(file: RosterFile): Promise<RosterLook> {
  return server().json<RosterLook>({ method: 'POST', path: '/rosters/look', body: file, timeoutMs: PATIENCE_MS }, ['headings', 'items'])
}

/** The same id again brings nobody twice. */
export function takeRoster(file: RosterFile, name: string, also: readonly number[], without: readonly number[]): Promise<Roster> {
  const body = { ...file, file_name: name, also, without }
  return server().json<Roster>({ method: 'POST', path: '/rosters', body, timeoutMs: PATIENCE_MS }, ['id', 'residents'])
}

export async function listRosters(): Promise<Roster[]> {
  return (await server().get<{ items: Roster[] }>('/rosters', ['items'])).items
}

export function undoRoster(id: string): Promise<{ removed: number; kept: number }> {
  return server().json({ method: 'POST', path: `/rosters/${id}/undo`, body: {}, timeoutMs: PATIENCE_MS }, ['removed', 'kept'])
}
