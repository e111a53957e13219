import { sentences } from '../locale'
import { en } from './en'
import { zh } from './zh-CN'

export const words = sentences({ 'zh-CN': zh, en })
