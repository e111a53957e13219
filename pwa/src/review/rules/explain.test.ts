import { describe, expect, it } from 'vitest'
import { readProgramme } from '../../../dev/schemas'
import { explain } from './explain'

const programmes = [readProgramme('postpartum'), readProgramme('hypertension')]

describe('what the rules concluded', () => {
  it('is said in the words of the programme', () => {
    const said = explain(programmes, 'htn_followup', { class: '2', rules: ['H1'] }, [])
    expect(said.label?.['zh-CN']).toBe('控制不满意')
    expect(said.reasons).toHaveLength(1)
    expect(said.reasons[0]?.text?.['zh-CN']).toContain('紧急转诊')
  })

  it('keeps the words of the rule version that made the task', () => {
    const text = { 'zh-CN': '当时的说法', en: 'as it was said then' }
    const said = explain(programmes, 'htn_followup', { class: null, rules: ['H1'] }, [{ reasons: [{ rule: 'H1', text }] }])
    expect(said).toEqual({ label: null, reasons: [{ rule: 'H1', text }] })
  })

  it('names a rule nobody knows any more, without inventing words', () => {
    expect(explain([], 'htn_followup', { class: '9', rules: ['X9'] }, [])).toEqual({ label: null, reasons: [{ rule: 'X9', text: null }] })
  })
})
