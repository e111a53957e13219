/** Submissions in every state, with flags, corrections and a history. */
import type { Decision, Flag, SubmissionDetail, SubmissionLine, SubmissionVersion } from '../../src/api/wire'
import { summaryOf } from '../../src/forms/rules/show'
import { readBundle } from '../schemas'
import { people, workers, type Person } from './county'
import { Dice, moment, uuid } from './dice'
import { FLAGS, household, hypertension, postpartum, type Visit } from './visits'

const dice = new Dice(5)

function bundleOf(key: string) {
  const bundle = readBundle(key)
  if (!bundle) throw new Error(`No form ${key}`)
  return bundle
}

function summary(visit: Visit): SubmissionLine['summary'] {
  return summaryOf(bundleOf(visit.form), visit.answers)
}

function version(no: number, person: Person, visit: Visit, ago: number, hour: number, distance: number | null): SubmissionVersion {
  const at = person.place ?? { lng: 109.4, lat: 27.2 }
  const fixed = distance !== null
  return {
    id: uuid(`version${no}`, Number(person.household_no)),
    no,
    base_version_id: no === 1 ? null : uuid(`version${no - 1}`, Number(person.household_no)),
    answers: visit.answers,
    changed: [],
    conflicts: [],
    violations: [],
    confirmed: Number(visit.answers.sbp ?? 0) >= 180 ? ['sbp'] : [],
    computed: visit.computed,
    fix: fixed
      ? { lng: at.lng + distance / 98_000, lat: at.lat + distance / 300_000, accuracy_m: dice.whole(8, 40), fixed_at: moment(-ago, hour, 12), coord_sys: 'WGS-84' }
      : null,
    fix_state: fixed ? 'fixed' : 'denied',
    geotag: {
      village_code: fixed ? person.village.code : null,
      distance_m: fixed && person.place ? distance : null,
      accuracy_class: fixed ? 'good' : 'none',
      doubt: fixed ? (distance > 1000 ? ['far_from_home'] : []) : ['no_fix'],
    },
    finalised_at: moment(-ago, hour, 31),
    received_at: moment(-ago, Math.min(hour + 2, 23), 40),
  }
}

function make(no: number): SubmissionDetail {
  const person = people[no % people.length] as Person
  const worker = workers[no % workers.length]
  const ago = Math.floor(no / 6)
  const urgent = no === 2 || no === 23
  const raised = no % 5 === 2
  const visit = person.programmes.includes('postpartum')
    ? postpartum(dice, person, ago)
    : person.programmes.includes('hypertension')
      ? hypertension(dice, person, ago, urgent ? 182 : raised ? dice.whole(142, 168) : dice.whole(116, 138), urgent ? 100 : raised ? dice.whole(86, 98) : dice.whole(70, 88))
      : household(dice, person, ago)
  const far = no % 11 === 4
  const flags: Flag[] = [...(far ? [FLAGS.far] : []), ...(no % 13 === 6 ? [FLAGS.night, FLAGS.burst] : []), ...(no === 9 ? [FLAGS.copied] : [])].filter((each) => each !== undefined)
  const first = version(1, person, visit, ago, no % 13 === 6 ? 21 : 9 + (no % 8), no % 7 === 5 ? null : far ? 4210 : dice.whole(6, 70))
  if (no === 5 || no === 12) first.violations = [{ path: visit.form === 'postpartum_visit' ? 'body_temp' : visit.form === 'htn_followup' ? 'next_visit_date' : 'findings', code: 'required' }]
  const subject: SubmissionDetail['subject'] =
    visit.form === 'household_visit'
      ? { kind: 'household', id: person.household_id, name: person.name, sex: null, birth_date: null }
      : { kind: 'resident', id: person.id, name: person.name, sex: person.sex, birth_date: person.birth_date }
  const form = { key: visit.form, version: 1, title: bundleOf(visit.form).form.title }
  const past = [1, 2, 3].map((back) => {
    const earlier = visit.form === 'htn_followup' ? hypertension(dice, person, ago + back * 88, dice.whole(124, 152), dice.whole(76, 94)) : household(dice, person, ago + back * 88)
    return {
      id: uuid(`past${back}`, Number(person.household_no)),
      form: { key: earlier.form, version: 1, title: bundleOf(earlier.form).form.title },
      visit_date: earlier.day,
      state: 'approved' as const,
      summary: summary(earlier),
    }
  })
  return {
    id: uuid('submission', Number(person.household_no)),
    form, subject,
    state: 'received',
    village: person.village,
    worker: { id: worker?.id ?? '', name: worker?.name ?? '' },
    visit_date: visit.day,
    received_at: first.received_at,
    finalised_at: first.finalised_at,
    summary: summary(visit),
    flags,
    version_id: first.id,
    version_no: 1,
    missing_attachments: 0,
    attachments: [],
    priority: (visit.computed.referral === 'urgent' ? 100 : 0) + flags.length * 10,
    versions: [first],
    comments: [],
    decisions: [],
    tasks: visit.tasks,
    place: person.place,
    history: past,
  }
}

function decision(detail: SubmissionDetail, verdict: Decision['verdict'], fields: string[], reason: string | null): Decision {
  return { verdict, version_id: detail.version_id, fields, reason, by: '周敏', at: detail.received_at }
}

/** A correction after a return: the pressure was typed the wrong way, and one drug was missing. */
function correct(detail: SubmissionDetail): void {
  const [first] = detail.versions
  if (!first) return
  const { sbp = 0, ...rest } = first.answers
  const answers = { ...rest, sbp: Number(sbp) + 20, heart_rate: 78, aux_exam: '空腹血糖 5.6 mmol/L', med_adjustment: '维持原方案，2 周后复测。' }
  const second: SubmissionVersion = {
    ...first,
    id: uuid('version2', Number(detail.id.slice(9, 13))),
    no: 2,
    base_version_id: first.id,
    answers,
    changed: ['sbp', 'heart_rate', 'aux_exam', 'med_adjustment'],
    received_at: moment(0, 8, 5),
    finalised_at: moment(-1, 19, 20),
  }
  detail.decisions.push(decision(detail, 'returned', ['sbp', 'aux_exam'], '血压读数请核对，与病情描述不一致'))
  detail.versions.push(second)
  detail.version_id = second.id
  detail.version_no = 2
  detail.state = 'corrected'
  detail.received_at = second.received_at
}

export const queue: SubmissionDetail[] = Array.from({ length: 60 }, (_, no) => make(no))
queue.forEach((detail, no) => {
  const hypertensive = detail.form.key === 'htn_followup'
  if (no >= 30 && no < 46) {
    detail.state = 'approved'
    detail.decisions.push(decision(detail, 'approved', [], null))
  } else if (no >= 46 && no < 51) {
    detail.state = 'returned'
    detail.decisions.push(decision(detail, 'returned', ['sbp'], '血压读数请核对，与病情描述不一致'))
  } else if (no === 52) {
    detail.state = 'rejected'
    detail.decisions.push(decision(detail, 'rejected', [], '重复上报'))
  } else if (hypertensive && [3, 11, 19, 54, 55].includes(no)) correct(detail)
})
