/** What the open form would make due, and what it changes on this phone. */
import type { Answers, Resident, Task } from '../../api/wire'
import type { HistoryRecord } from '../../followups/model'
import { plan, type Concern, type Planned } from '../../followups/rules/plan'
import { loadTasksOf } from '../../followups/store'
import type { Effects } from '../../outbox/model'
import { afterOutcome, newborns, toHousehold, toResident } from '../../residents/rules/register'
import { toSite } from '../../sites/rules/register'
import type { Visit } from '../../submissions/model'
import { iso } from '../../kernel/clock'
import { workerId } from './begin'
import type { OpenForm } from './fill'
import { db, now, unlocked } from './phone'
import { allServices, policiesOf, theWorld, today, visitsOf } from './world'

type About = Pick<Resident, 'id' | 'birth_date' | 'sex' | 'programmes'>

export interface Consequences extends Planned {
  readonly effects: Effects
  readonly children: readonly Resident[]
}

function about(resident: About): NonNullable<HistoryRecord['about']> {
  return {
    id: resident.id,
    birth_date: resident.birth_date,
    sex: resident.sex,
    programmes: resident.programmes.map((p) => p.programme),
  }
}

function standing(visits: readonly Visit[], except: string): Visit[] {
  return visits.filter((v) => v.id !== except && v.state !== 'rejected' && v.state !== 'voided')
}

function toRecord(visit: Visit, of: About | null): HistoryRecord {
  return {
    submission_id: visit.id,
    form: visit.form.key,
    visit_date: visit.visit_date,
    finalised_at: visit.finalised_at,
    answers: visit.answers,
    about: of ? about(of) : undefined,
  }
}

function ownRecord(at: OpenForm, of: About | null): HistoryRecord {
  const { answers } = at.evaluation
  const day = answers[at.form.bundle.form.visit_date]
  return {
    submission_id: submissionId(at),
    form: at.draft.form.key,
    visit_date: typeof day === 'string' ? day : today(),
    finalised_at: iso(now()),
    answers,
    about: of ? about(of) : undefined,
  }
}

export function submissionId(at: OpenForm): string {
  return at.draft.base?.submission_id ?? at.draft.id
}

function openTasks(subjectId: string): Task[] {
  return theWorld().tasks.filter((task) => task.subject.id === subjectId && task.state === 'requested')
}

/** The resident the form is about: known, or made by this registration. */
function residentOf(at: OpenForm): Resident | null {
  const { draft, form, evaluation } = at
  if (draft.subject.kind !== 'resident') return null
  const known = theWorld().people.residents.get(draft.subject.id) ?? null
  const info = form.bundle.form
  if (info.registers === 'resident') {
    return toResident(draft.subject.id, evaluation.answers, info.registration_map ?? {}, draft, known)
  }
  const outcome = info.visit_outcome === undefined ? undefined : evaluation.answers[info.visit_outcome]
  return known && afterOutcome(known, outcome)
}

function childrenOf(at: OpenForm, mother: Resident | null): Resident[] {
  const info = at.form.bundle.form
  const repeat = info.for_each
  const rows = repeat === undefined ? undefined : at.evaluation.answers[repeat]
  if (info.family_link !== 'children' || !mother || !Array.isArray(rows)) return []
  const delivered = at.evaluation.answers['delivery_date']
  return newborns(submissionId(at), rows as Answers[], mother, typeof delivered === 'string' ? delivered : today())
}

async function residentConcern(at: OpenForm, resident: Resident, record: HistoryRecord | null, mother: Resident | null): Promise<Concern> {
  const visits = await visitsOf([resident.id, ...(mother ? [mother.id] : [])])
  const records = standing(visits, submissionId(at)).map((v) => toRecord(v, v.subject.id === resident.id ? null : mother))
  return {
    subject: { kind: 'resident', ...about(resident) },
    household_id: resident.household_id,
    village_code: resident.village_code,
    records: record ? [...records, record] : records,
    open: openTasks(resident.id),
  }
}

async function householdConcern(at: OpenForm, householdId: string, of: Resident | null): Promise<Concern> {
  const members = [...theWorld().people.residents.values()].filter((r) => r.household_id === householdId)
  const byId = new Map(members.map((r) => [r.id, r]))
  const visits = await visitsOf([householdId, ...byId.keys()])
  return {
    subject: { kind: 'household', id: householdId },
    household_id: householdId,
    village_code: at.draft.village_code,
    records: [...standing(visits, submissionId(at)).map((v) => toRecord(v, byId.get(v.subject.id) ?? null)), ownRecord(at, of)],
    open: openTasks(householdId),
  }
}

/** The village or site that the form is about. */
async function placeConcern(at: OpenForm): Promise<Concern | null> {
  const { subject, village_code } = at.draft
  if (subject.kind !== 'area' && subject.kind !== 'site') return null
  const visits = await visitsOf([subject.id])
  return {
    subject: { kind: subject.kind, id: subject.id },
    household_id: null,
    village_code,
    records: [...standing(visits, submissionId(at)).map((v) => toRecord(v, null)), ownRecord(at, null)],
    open: openTasks(subject.id),
  }
}

async function concernsOf(at: OpenForm, resident: Resident | null, children: readonly Resident[]): Promise<Concern[]> {
  const concerns: Concern[] = []
  if (resident) {
    const mother = resident.mother_id === null ? null : (theWorld().people.residents.get(resident.mother_id) ?? null)
    concerns.push(await residentConcern(at, resident, ownRecord(at, null), mother))
  }
  for (const child of children) {
    const concern = await residentConcern(at, child, null, resident)
    concerns.push({ ...concern, records: [...concern.records, ownRecord(at, resident)] })
  }
  const place = await placeConcern(at)
  if (place) concerns.push(place)
  const householdId = at.draft.subject.kind === 'household' ? at.draft.subject.id : (resident?.household_id ?? null)
  if (householdId !== null) concerns.push(await householdConcern(at, householdId, resident))
  return concerns
}

/** The same folding as on the server, before the doctor leaves the house. */
export async function consequences(at: OpenForm): Promise<Consequences> {
  const info = at.form.bundle.form
  const resident = residentOf(at)
  const children = childrenOf(at, resident)
  const concerns = await concernsOf(at, resident, children)
  const known = await loadTasksOf(db, unlocked(), concerns.map((concern) => concern.subject.id))
  const planned = plan(allServices(), concerns, policiesOf, submissionId(at), new Map(known.map((task) => [task.id, task])), today())
  const before = resident ? theWorld().people.residents.get(resident.id) : undefined
  const changed = resident && (info.registers === 'resident' || before?.status !== resident.status) ? [resident] : []
  const households =
    info.registers === 'household'
      ? [
          toHousehold(
            at.draft.subject.id, at.evaluation.answers, info.registration_map ?? {}, at.draft.village_code, workerId(),
            theWorld().people.households.get(at.draft.subject.id) ?? null,
          ),
        ]
      : []
  const sites =
    info.registers === 'site'
      ? [
          toSite(
            at.draft.subject.id, at.evaluation.answers, info.registration_map ?? {}, at.draft.village_code,
            theWorld().sites.get(at.draft.subject.id) ?? null,
          ),
        ]
      : []
  return { ...planned, children, effects: { residents: [...changed, ...children], households, sites, tasks: planned.tasks } }
}
