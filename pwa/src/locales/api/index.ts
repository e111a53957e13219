import { sentences } from '../locale.ts'
import { en } from './en.ts'
import { zh } from './zh-CN.ts'

export const words = sentences({ 'zh-CN': zh, en })
