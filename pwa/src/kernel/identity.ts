/** Numbers people are known by: resident ids (GB 11643-1999) and telephones. codes.md §1, §8. */
import { isDay } from './dates'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'
const PROVINCES = '1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]' // codes.md §2
const SHAPE = new RegExp(`^(${PROVINCES})\\d{15}[\\dX]$`)
const EARLIEST_BIRTH = '1800-01-01'
const COUNTRY = /^(\+86|0086|86(?=1[3-9]))/
const MOBILE = /^1[3-9]\d{9}$/
const LANDLINE = /^0\d{2,3}-?\d{7,8}(-\d{1,6})?$/
const AREA_CODE = /^(010|02\d|0[3-9]\d{2})(?=\d{7,8}(-|$))/
const SERVICE = /^[48]00\d{7}$/
const DASHES = /[\u2010-\u2015\u2212]/g

function written(text: string): string {
  return text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
}

/** As it is stored: half-width, upper case, no spaces; a 15-digit number becomes the 18-digit one. */
export function normaliseIdNo(text: string): string {
  const bare = written(text)
  return /^[1-9]\d{14}$/.test(bare) ? withCheck(`${bare.slice(0, 6)}19${bare.slice(6)}`) : bare
}

function withCheck(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(first17[i]), 0)
  return first17 + String(CHECKS[sum % 11])
}

/** Shape, a birth date that exists, and the check character (ISO 7064 MOD 11-2). 15 digits are no id since 2013. */
export function idNoValid(text: string): boolean {
  const id = written(text)
  return SHAPE.test(id) && isDay(idNoBirth(id)) && idNoBirth(id) >= EARLIEST_BIRTH && withCheck(id.slice(0, 17)) === id
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

/**
 * As it is kept: half-width, no spaces; a mobile or service number as bare digits, a landline as
 * `0871-1234567`. Anything else only loses its spaces.
 */
export function normalisePhone(text: string): string {
  const cleaned = text.normalize('NFKC').replace(/\s/g, '').replace(DASHES, '-')
  const digits = cleaned.replaceAll('-', '').replace(COUNTRY, '')
  if (MOBILE.test(digits) || SERVICE.test(digits)) return digits
  const landline = cleaned.replaceAll('(', '').replaceAll(')', '-')
  return LANDLINE.test(landline) ? landline.replace(AREA_CODE, '$1-') : cleaned
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
