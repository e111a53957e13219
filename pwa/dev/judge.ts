/**
 * The phone's engines behind one question and one answer, for the differential test
 * (tests/contract/differential.py): what do these answers mean, what does this history make due?
 */
import type { Answers } from '../src/api/wire'
import type { FoldSubject, HistoryRecord, Programme } from '../src/followups/model'
import { fold } from '../src/followups/rules/fold'
import { servicesInTime, type ServiceInTime } from '../src/followups/rules/in_time'
import type { FormBundle, FormContext } from '../src/forms/model'
import { compileForm, formTypes, type CompiledForm, type Node } from '../src/forms/rules/compile'
import { evaluate } from '../src/forms/rules/evaluate'
import { filledIn, unusablePaths } from '../src/forms/rules/usable'
import { violations } from '../src/forms/rules/validate'

export interface AnswersCase { answers: Answers; context: FormContext; confirmed: string[] }
export interface HistoryCase { subject: FoldSubject; records: HistoryRecord[]; today: string }
export type Question =
  | { ask: 'form'; bundle: FormBundle }
  | { ask: 'programme'; programme: Programme }
  | { ask: 'answers'; form: string; cases: AnswersCase[] }
  | { ask: 'histories'; service: string; cases: HistoryCase[] }

const forms = new Map<string, CompiledForm>()
const services = new Map<string, ServiceInTime>()

/** The phone keeps what cannot be used on the screen until it is put right; expressions never see it. */
function usable(form: CompiledForm, given: Answers, answers: Answers): Answers {
  const odd = unusablePaths(form.bundle.schema, form.types, filledIn(given))
  const computed = new Set<string>()
  const mark = (node: Node, prefix: string): void => {
    if (node.kind === 'field' && node.compute) computed.add(prefix + node.item.field)
    if (node.kind === 'repeat') node.fields.forEach((field) => { mark(field, `${node.item.repeat}.`) })
    if (node.kind === 'block') node.children.forEach((child) => { mark(child, prefix) })
  }
  form.pages.forEach((page) => { mark(page, '') })
  const keep = (path: string): boolean => !odd.has(path) || computed.has(path.replace(/\.\d+/, ''))
  return Object.fromEntries(
    Object.entries(answers)
      .filter(([name]) => keep(name))
      .map(([name, value]) => [
        name,
        form.types[name] === 'rows' && Array.isArray(value)
          ? value.map((row, i) => Object.fromEntries(Object.entries(row as Answers).filter(([column]) => keep(`${name}.${String(i)}.${column}`))))
          : value,
      ]),
  )
}

function aboutAnswers(form: CompiledForm, { answers, context, confirmed }: AnswersCase): unknown {
  const seen = evaluate(form, answers, context)
  return {
    values: usable(form, answers, seen.answers),
    visible: [...seen.shown].filter((path) => !path.includes(':')),
    required: [...seen.required],
    defects: seen.defects.length,
    violations: violations(form, answers, seen, confirmed).map(({ path, code }) => `${path} ${code}`),
  }
}

/** One question, one answer; questions come in order: forms, programmes, then cases. */
export function answer(question: Question): unknown {
  switch (question.ask) {
    case 'form':
      forms.set(question.bundle.key, compileForm(question.bundle))
      return true
    case 'programme': {
      const types = (key: string): ReturnType<typeof formTypes> | null => {
        const form = forms.get(key)
        return form ? formTypes(form.bundle) : null
      }
      for (const service of servicesInTime([question.programme], types)) services.set(service.key, service)
      return true
    }
    case 'answers': {
      const form = forms.get(question.form)
      if (!form) throw new Error(`no form ${question.form}`)
      return question.cases.map((each) => aboutAnswers(form, each))
    }
    case 'histories': {
      const service = services.get(question.service)
      if (!service) throw new Error(`no service ${question.service}`)
      return question.cases.map(({ subject, records, today }) => {
        const { judgements, tasks } = fold(service, subject, records, () => ({}), today)
        return {
          judgements,
          tasks: tasks.map((task) => ({ ...task, reasons: task.reasons.map((reason) => reason.rule) })),
        }
      })
    }
  }
}
