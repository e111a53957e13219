import type { SubmissionState } from '../../api/wire'

type Limits = { limit?: string; message?: string }

export const zh = {
  states: {
    received: '待审核',
    corrected: '已更正',
    returned: '已退回',
    approved: '已通过',
    rejected: '不采用',
    voided: '已作废',
  } as Record<SubmissionState, string>,
  tabs: { received: '待审', corrected: '更正', returned: '退回', approved: '通过' } as Record<string, string>,
  verdicts: { approved: '通过', returned: '退回', rejected: '不采用', voided: '作废', undone: '撤销通过' },
  referral: { none: '不需要转诊', routine: '建议转诊', urgent: '紧急转诊' } as Record<string, string>,

  violations: {
    required: () => '必填项没有填',
    type: () => '填写的格式不对',
    minimum: ({ limit }: Limits) => (limit ? `低于允许的最小值 ${limit}` : '低于允许的最小值'),
    maximum: ({ limit }: Limits) => (limit ? `高于允许的最大值 ${limit}` : '高于允许的最大值'),
    length: () => '长度不符合要求',
    pattern: () => '写法不符合要求',
    format: () => '不是有效的日期或时间',
    enum: () => '选项不在列表中',
    unknown_field: () => '表单中没有这一项',
    hidden: () => '按当前回答，这一项不应填写',
    computed: () => '与系统计算的结果不一致',
    defect: () => '表单自己的公式出错了，请告诉管理员',
    check: ({ message }: Limits) => message ?? '没有通过表单的核对',
    unconfirmed: ({ message }: Limits) => `${message ?? '数值超出常见范围'}（医生没有确认）`,
  } as Record<string, (of: Limits) => string>,
  otherViolation: (code: string) => `未通过校验（${code}）`,

  fix: {
    fixed: '已定位',
    pending: '定位尚未完成',
    denied: '医生没有允许定位',
    unavailable: '手机没有得到定位',
    off: '手机的定位功能关闭',
  },
  accuracy: { good: '定位准确', fair: '定位一般', poor: '定位偏差大', none: '没有定位' } as Record<string, string>,
  accuracyOf: (size: string) => `误差约 ${size}`,
  distanceOf: (size: string) => `距登记的位置 ${size}`,
  noDistance: '还没有登记位置',
  doubts: {
    no_fix: '这次填写没有定位',
    null_island: '坐标为 0，定位无效',
    poor_accuracy: '定位误差太大，不能说明是否到了现场',
    other_village: '定位落在别的村',
    far_from_home: '定位离登记的位置较远',
    outside_scope: '定位不在本辖区内',
  } as Record<string, string>,

  evidence: {
    distance_m: (value: string) => `距离 ${value} 米`,
    accuracy_m: (value: string) => `误差 ${value} 米`,
    days: (value: string) => `${value} 天`,
    minutes: (value: string) => `${value} 分钟`,
    seconds: (value: string) => `用时 ${value} 秒`,
    count: (value: string) => `${value} 份`,
    skew_minutes: (value: string) => `手机时钟相差 ${value} 分钟`,
    local_time: (value: string) => `填写时间 ${value}`,
    visit_date: (value: string) => `随访日期 ${value}`,
    speed_kmh: (value: string) => `折合时速 ${value} 公里`,
    village_name: (value: string) => `位于${value}`,
    worker_name: (value: string) => `${value}医生`,
    phone_tail: (value: string) => `尾号 ${value}`,
  } as Record<string, (value: string) => string>,

  reasons: [
    '血压读数请核对，与病情描述不一致',
    '随访日期请核对',
    '用药情况没有填完整',
    '下次随访日期不符合要求',
    '定位离住户太远，请说明随访地点',
    '请补充转诊去向和结果',
  ],
}
