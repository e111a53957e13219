import { describe, expect, it } from 'vitest'
import { readProgramme } from '../../../dev/schemas'
import { explain } from './explain'

const programmes = [readProgramme('postpartum'), readProgramme('hypertension')]
const words = (zh: string) => ({ 'zh-CN': zh, en: zh })

describe('what the rules concluded', () => {
  it('is said in the words kept with the version', () => {
    const computed = {
      class: '2', rules: ['H1'], referral: 'urgent',
      class_label: words('当时的分类'), reasons: [{ rule: 'H1', text: words('当时的理由') }], advice: [words('先休息再测')],
    }
    expect(explain(programmes, 'htn_followup', computed, [])).toEqual({
      label: words('当时的分类'),
      reasons: [{ rule: 'H1', text: words('当时的理由') }],
      advice: [words('先休息再测')],
    })
  })

  it('else in those of the programme', () => {
    const said = explain(programmes, 'htn_followup', { class: '2', rules: ['H1'], referral: 'urgent', class_label: {} }, [])
    expect(said.label?.['zh-CN']).toBe('控制不满意')
    expect(said.reasons).toHaveLength(1)
    expect(said.reasons[0]?.text?.['zh-CN']).toContain('紧急转诊')
    expect(said.advice).toEqual([])
  })

  it('with the words of the task before those of today', () => {
    const said = explain(programmes, 'htn_followup', { class: null, rules: ['H1'], referral: 'none' }, [{ reasons: [{ rule: 'H1', text: words('那时') }] }])
    expect(said.reasons).toEqual([{ rule: 'H1', text: words('那时') }])
  })

  it('names a rule nobody knows any more, without inventing words', () => {
    expect(explain([], 'htn_followup', { class: '9', rules: ['X9'], referral: 'none' }, [])).toEqual({ label: null, reasons: [{ rule: 'X9', text: null }], advice: [] })
  })
})
