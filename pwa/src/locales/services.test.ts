import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Programme } from '../followups/model'
import { serviceName, taskName } from './services'

const folder = new URL('../../../schemas/programmes/', import.meta.url)
const programmes = readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf-8')) as Programme)
const services = programmes.flatMap((programme) => programme.services)

it('names every service as its programme does, and vaccination too', () => {
  expect(services.map((each) => [each.service, serviceName(each.service)])).toEqual(services.map((each) => [each.service, each.title]))
  expect(serviceName('immunization')).toEqual({ 'zh-CN': '预防接种', en: 'Vaccination' })
})

it('never shows a key', () => {
  expect(serviceName('diabetes_annual')).toEqual({ 'zh-CN': '其他服务', en: 'Another service' })
})

it('names a task by what is to be done', () => {
  const title = { 'zh-CN': '高血压随访', en: 'Hypertension follow-up' }
  expect(taskName({ service: 'hypertension', kind: 'referral_check' }, title)).toEqual({ 'zh-CN': '转诊核实', en: 'Referral check' })
  expect(taskName({ service: 'hypertension', kind: 'follow_up' }, title)).toBe(title)
  expect(taskName({ service: 'immunization', kind: 'dose' }, undefined).en).toBe('Vaccination')
})
