import type { PostponementReason, TaskLine } from '../../api/wire'

export const zh = {
  postpone: '推迟',
  resume: '恢复',
  postponeTitle: '推迟这项随访',
  postponeText: '推迟后它不再列为逾期，到那一天会重新出现。紧急任务和两周转诊核实不能推迟。',
  untilDay: '推迟到',
  why: '原因',
  confirm: '推迟',
  cancel: '取消',
  until: (day: string, reason: string) => `推迟到 ${day}：${reason}`,
  reasons: { away: '外出', in_hospital: '住院', asked: '居民要求', clinic_closed: '门诊停诊', cannot_be_reached: '暂时联系不上' } as Record<PostponementReason, string>,
  levels: { E0: '', E1: '逾期', E2: '须过问', E3: '紧急' } as Record<TaskLine['level'], string>,
  byDoctor: '按医生',
  doctor: '医生',
  nobody: '没有负责的医生',
  villages: '村',
  overdue: '逾期',
  week: '满 7 天',
  month: '满 30 天',
  emergencies: '紧急未结',
  none: '没有逾期的任务',
}
