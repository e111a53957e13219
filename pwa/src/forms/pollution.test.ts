import { expect, it } from 'vitest'
import { Client } from '../api/client'
import { server } from '../api/testing'
import { readBundle } from '../../dev/schemas'
import { compileForm } from './rules/compile'
import { getAt, look, setAt, withAnswer, type Filling } from './rules/filling'

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString']
const HOSTILE = '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "prototype": {"polluted": 1}, "toString": 1, "items": []}'

function isClean(): boolean {
  return !('polluted' in {}) && !('polluted' in []) && typeof {}.toString === 'function'
}

it('sec_s54: an answer with the names of built-in members changes no other object', async () => {
  const read = await new Client(server(() => new Response(HOSTILE, { headers: { 'Content-Type': 'application/json' } })).fetch).get<{ items: string[] }>('/x', ['items'])
  expect({ ...read }).not.toHaveProperty('polluted')
  expect(isClean()).toBe(true)
})

it('sec_s54: nor does an answer to a form, in a field, in a row or in a path', () => {
  const bundle = readBundle('htn_followup')
  if (!bundle) throw new Error('no form')
  const form = compileForm(bundle)
  const context = { today: '2026-05-06' }
  const hostile = JSON.parse(HOSTILE) as Filling['answers']
  let filling: Filling = { answers: { ...hostile, medications: [hostile] }, confirmed: {}, touched: [], offered: {} }
  for (const name of NAMES) {
    filling = withAnswer(filling, name, { polluted: 1 })
    for (const path of [name, `${name}.polluted`, `medications.0.${name}`, `medications.0.${name}.polluted`]) {
      setAt({ ...filling.answers }, path, 1)
      getAt(filling.answers, path)
      expect(isClean(), path).toBe(true)
    }
  }
  look(form, filling, context, '2026-05-06')
  expect(isClean()).toBe(true)
})
