import type { zh } from './zh-CN'

export const en: typeof zh = {
  postpone: 'Postpone',
  resume: 'Resume',
  postponeTitle: 'Postpone this follow-up',
  postponeText: 'It is no longer listed as overdue and comes back on that day. Emergencies and two-week referral checks cannot be postponed.',
  untilDay: 'Until',
  why: 'Reason',
  confirm: 'Postpone',
  cancel: 'Cancel',
  until: (day, reason) => `until ${day}: ${reason}`,
  reasons: { away: 'Away', in_hospital: 'In hospital', asked: 'Resident asked', clinic_closed: 'Clinic closed', cannot_be_reached: 'Cannot be reached' },
  levels: { E0: '', E1: 'Overdue', E2: 'Township', E3: 'Emergency' },
  byDoctor: 'By doctor',
  doctor: 'Doctor',
  nobody: 'Nobody looks after it',
  villages: 'Villages',
  overdue: 'Overdue',
  week: '7 days or more',
  month: '30 days or more',
  emergencies: 'Open emergencies',
  none: 'Nothing is overdue',
}
