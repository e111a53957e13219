import { en as enFirst } from '../family/en'
import { zh as zhFirst } from '../family/zh-CN'
import { sentences } from '../locale'
import { en } from './en'
import { zh } from './zh-CN'

/** The words of what comes a moment later, and those of the first load, which it shares. */
export const words = sentences({ 'zh-CN': { ...zhFirst, ...zh }, en: { ...enFirst, ...en } })
