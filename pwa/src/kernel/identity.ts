/** Numbers people are known by: resident ids (GB 11643-1999) and telephones. codes.md §1, §8. */
import { isDay } from './dates'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'
const SHAPE = /^[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]$/
const MOBILE = /^1[3-9]\d{9}$/
const LANDLINE = /^0\d{2,3}-?\d{7,8}(-\d{1,6})?$/
const SERVICE = /^[48]00\d{7}$/

function halfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replaceAll('\u3000', ' ')
}

function written(text: string): string {
  return halfWidth(text).replace(/\s/g, '').toUpperCase()
}

/** As it is stored: half-width, upper case, no spaces; a 15-digit number becomes the 18-digit one. */
export function normaliseIdNo(text: string): string {
  const bare = written(text)
  return /^\d{15}$/.test(bare) ? withCheck(`${bare.slice(0, 6)}19${bare.slice(6)}`) : bare
}

function withCheck(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(first17[i]), 0)
  return first17 + String(CHECKS[sum % 11])
}

/** Shape, a birth date that exists, and the check character (ISO 7064 MOD 11-2). 15 digits are no id since 2013. */
export function idNoValid(text: string): boolean {
  const id = written(text)
  return SHAPE.test(id) && isDay(idNoBirth(id)) && withCheck(id.slice(0, 17)) === id
}

/** Birth date as ISO day, from digits 7-14. */
export function idNoBirth(text: string): string {
  const id = normaliseIdNo(text)
  return `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`
}

/** GB/T 2261.1: '1' male, '2' female, from digit 17. */
export function idNoSex(text: string): '1' | '2' {
  return Number(normaliseIdNo(text)[16]) % 2 === 1 ? '1' : '2'
}

/** As it is stored: half-width, without spaces, without the country code, mobiles without dashes. */
export function normalisePhone(text: string): string {
  const bare = halfWidth(text).replace(/\s/g, '').replace(/^(\+|00)86-?/, '')
  const digits = bare.replaceAll('-', '')
  return MOBILE.test(digits) || SERVICE.test(digits) ? digits : bare
}

/** Mobile, landline with area code, or a 400/800 number. */
export function phoneValid(text: string): boolean {
  const phone = normalisePhone(text)
  return MOBILE.test(phone) || LANDLINE.test(phone) || SERVICE.test(phone)
}

/** `530102********0116`: enough to recognise, not enough to misuse. */
export function maskIdNo(id: string): string {
  return id.length < 10 ? id : `${id.slice(0, 6)}${'*'.repeat(id.length - 10)}${id.slice(-4)}`
}
