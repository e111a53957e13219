import { describe, expect, it } from 'vitest'
import { readBundle } from '../../../dev/schemas'
import type { Answers } from '../../api/wire'
import type { FormBundle } from '../../forms/model'
import type { AnswerLine, Layout } from '../model'
import { labelOf, layOut, type Laid } from './layout'
import { violationSentence } from './sentences'

const bundle = readBundle('htn_followup') as FormBundle

const visit = readBundle('household_visit', 2) as FormBundle

const answers: Answers = {
  visit_date: '2026-03-05',
  visit_mode: '2',
  sbp: 182,
  dbp: 100,
  symptoms: ['2', '6'],
  medications: [
    { drug_name: '氨氯地平', times_per_day: 1, dose_each: 5, dose_unit: '1' },
    { drug_name: '缬沙坦', times_per_day: 1, dose_each: 80, dose_unit: '1' },
  ],
}

function version(over: Partial<Laid> = {}): Laid {
  return { answers, violations: [], changed: [], confirmed: [], ...over }
}

function line(layout: Layout, path: string): AnswerLine {
  const lines = layout.pages.flatMap((page) =>
    page.blocks.flatMap((block) => (block.kind === 'lines' ? block.lines : block.rows.flat())),
  )
  const found = lines.find((each) => each.path === path)
  if (!found) throw new Error(`No line ${path}`)
  return found
}

describe('answers by the pages of the form', () => {
  const layout = layOut(bundle, version(), null)

  it('keep its order, and show codes by their words', () => {
    expect(layout.pages.map((page) => page.title['zh-CN']).slice(0, 3)).toEqual(['随访和测量', '询问', '生活方式和用药'])
    expect(line(layout, 'visit_mode').value?.['zh-CN']).toBe('家庭')
    expect(line(layout, 'sbp').value?.['zh-CN']).toBe('182 mmHg')
    expect(line(layout, 'symptoms').value?.['zh-CN']).toBe('头痛头晕、心悸胸闷')
  })

  it('keep fields nobody answered, empty', () => {
    expect(line(layout, 'heart_rate').value).toBeNull()
  })

  it('lay rows under each other', () => {
    expect(line(layout, 'medications.1.drug_name').value?.['zh-CN']).toBe('缬沙坦')
    expect(labelOf(bundle, 'medications.1.drug_name')).toEqual({ 'zh-CN': '用药情况 2 · 药物名称', en: expect.stringContaining('2 · ') as string })
    expect(labelOf(bundle, 'sbp')['zh-CN']).toBe('收缩压')
    expect(labelOf(bundle, 'gone')['zh-CN']).toBe('gone')
  })
})

describe('what is to be seen at an answer', () => {
  it('a violation, in words', () => {
    const violations = [
      { path: 'heart_rate', code: 'required' },
      { path: 'sbp', code: 'maximum', limit: 300 },
      { path: 'dbp', code: 'check:dbp_below_sbp' },
      { path: 'weight', code: 'unconfirmed:soft' },
      { path: 'nonsense', code: 'unknown_field' },
    ]
    const layout = layOut(bundle, version({ violations }), null)
    const said = (path: string) => line(layout, path).violations.map((each) => violationSentence(bundle, each))
    expect(said('heart_rate')).toEqual(['必填项没有填'])
    expect(said('sbp')).toEqual(['高于允许的最大值 300'])
    expect(said('dbp')).toEqual([bundle.ui.checks?.find((each) => each.id === 'dbp_below_sbp')?.message['zh-CN']])
    expect(said('weight')).toEqual(['数值超出常见范围（医生没有确认）'])
    expect(layout.strays).toEqual([{ path: 'nonsense', code: 'unknown_field' }])
  })

  it('that the doctor confirmed a warning', () => {
    const layout = layOut(bundle, version({ confirmed: ['sbp'] }), null)
    expect([line(layout, 'sbp').confirmed, line(layout, 'dbp').confirmed]).toEqual([true, false])
  })
})

describe('a correction as a difference', () => {
  const before: Answers = {
    ...answers,
    sbp: 128,
    heart_rate: 76,
    medications: [{ drug_name: '氨氯地平', times_per_day: 2, dose_each: 5, dose_unit: '1' }],
  }
  const layout = layOut(bundle, version({ changed: ['sbp'] }), { answers: before })

  it.each([
    ['sbp', '182 mmHg', '128 mmHg'],
    ['heart_rate', undefined, '76 次/分'],
    ['medications.0.times_per_day', '1 次/日', '2 次/日'],
    ['medications.1.drug_name', '缬沙坦', undefined],
  ])('%s: now %s, before %s', (path, now, was) => {
    const { value, change } = line(layout, path)
    expect(value?.['zh-CN']).toBe(now)
    expect(change).not.toBeNull()
    expect(change?.before?.['zh-CN']).toBe(was)
  })

  it('leaves alone what stayed', () => {
    expect(line(layout, 'dbp').change).toBeNull()
    expect(line(layout, 'medications.0.drug_name').change).toBeNull()
    expect(line(layout, 'weight').change).toBeNull()
  })
})

describe('photos and signatures', () => {
  it('are named by what they are, with their count as text', () => {
    const photos = ['a'.repeat(64), 'b'.repeat(64)]
    const layout = layOut(visit, version({ answers: { photos, resident_signature: 'c'.repeat(64) } }), null)
    expect(line(layout, 'photos')).toMatchObject({ pictures: photos, value: { 'zh-CN': '2 张', en: '2' } })
    expect(line(layout, 'resident_signature').pictures).toEqual(['c'.repeat(64)])
    expect(line(layout, 'findings').pictures).toEqual([])
  })
  it('one that was taken away in a correction is a change', () => {
    const before = { answers: { photos: ['a'.repeat(64), 'b'.repeat(64)] } }
    const layout = layOut(visit, version({ answers: { photos: ['a'.repeat(64)] } }), before)
    expect(line(layout, 'photos').change).toEqual({ before: { 'zh-CN': '2 张', en: '2' } })
  })
})
