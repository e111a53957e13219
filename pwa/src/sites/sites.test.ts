import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { devicePair, draft, finalising, newPhone, NOW, receipt, sealKey } from '../../dev/phone_fixture'
import { readBundle } from '../../dev/schemas'
import type { Site, SyncPage } from '../api/wire'
import type { FormBundle } from '../forms/model'
import { newId } from '../kernel/ids'
import { finalise } from '../outbox/store/finalise'
import { settle } from '../outbox/store/queue'
import { answeredEnvelopes, applyPage, dropAnsweredLayers } from '../sync/store'
import { isOpenSite } from './model'
import { nameKey, sameSite, toSite } from './rules/register'
import { loadSites } from './store'

const VILLAGE = '469999101201'
const school: Site = {
  id: newId(), village_code: VILLAGE, name: '上河小学', type: '1', address: '村口', place: null, contact_name: '陈校长', phone: '13800000000',
  registered_on: '2026-01-10', status: '1', merged_into: null, details: {},
}
const page = (data: Site): SyncPage => ({
  epoch: 'e1', cursor: 'c1', more: false, reset: false, remaining: 0, server_time: '2026-05-06T02:00:00Z', changes: [{ kind: 'site', op: 'put', id: data.id, data }],
})

describe('a site registered in the village', () => {
  const map = (readBundle('site') as FormBundle).form.registration_map ?? {}
  const answers = { village_code: VILLAGE, site_name: '下河诊所', site_type: '3', site_location: { lng: 104.1, lat: 30.1 }, site_status: '1', record_date: '2026-05-06' }

  it('is there at once, with what the form says of it', () => {
    expect(toSite('s1', answers, map, '', null)).toMatchObject({
      id: 's1', village_code: VILLAGE, name: '下河诊所', type: '3', place: { lng: 104.1, lat: 30.1 }, registered_on: '2026-05-06', status: '1', merged_into: null,
    })
  })
  it('keeps the day of its first registration and what a later one leaves out', () => {
    const later = toSite(school.id, { site_name: '上河中心小学', record_date: '2026-05-06' }, map, VILLAGE, school)
    expect(later).toMatchObject({ name: '上河中心小学', address: '村口', phone: '13800000000', registered_on: '2026-01-10' })
  })
  it('is listed while it is open and nobody’s double', () => {
    expect([school, { ...school, status: '2' }, { ...school, merged_into: 'x' }].map(isOpenSite)).toEqual([true, false, false])
  })
})

describe('the same site', () => {
  it.each([
    ['上河小学', VILLAGE, true], ['上河 小学', VILLAGE, true], ['上河中学', VILLAGE, false], ['上河小学', '469999101202', false], ['', VILLAGE, false],
  ])('%s in %s', (name, village_code, same) => {
    expect(sameSite({ id: 'new', name, village_code }, [school]) !== null).toBe(same)
  })
  it('is not itself, and not one that was merged', () => {
    expect(sameSite(school, [school])).toBeNull()
    expect(sameSite({ ...school, id: 'new' }, [{ ...school, merged_into: 'other' }])).toBeNull()
  })
  it('is told by its name whatever the width of its letters', () => {
    expect(nameKey(' Ａ超市 ')).toBe(nameKey('a 超市'))
  })
})

describe('on the phone', () => {
  it('the server’s sites are kept sealed and read back', async () => {
    const { db, vault } = await newPhone()
    await applyPage(db, vault, page(school))
    expect(JSON.stringify(await db.sites.toArray())).not.toContain('上河')
    expect((await loadSites(db, vault)).get(school.id)).toMatchObject({ name: '上河小学', local: false })
  })
  it('a new one stands until the server has said it: then the server’s word counts', async () => {
    const { db, vault } = await newPhone()
    const effects = { residents: [], households: [], sites: [school], tasks: [] }
    const made = draft({ form: { key: 'site', version: 1 }, subject: { kind: 'site', id: school.id } })
    const row = await finalise(db, vault, finalising(made), effects, sealKey, devicePair)
    expect((await loadSites(db, vault)).get(school.id)).toMatchObject({ local: true })
    await settle(db, vault, receipt(row.envelope), NOW)
    await applyPage(db, vault, page({ ...school, merged_into: 'the-other' }))
    await dropAnsweredLayers(db, await answeredEnvelopes(db))
    expect((await loadSites(db, vault)).get(school.id)).toMatchObject({ local: false, merged_into: 'the-other' })
  })
})
