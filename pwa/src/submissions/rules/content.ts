/** The content and header of an envelope (docs/decisions/0001). Pure: keys and numbers come in. */
import type { Answers, AttachmentRef, Content, Envelope, Grant } from '../../api/wire'
import { isoWithOffset } from '../../kernel/clock'
import type { Draft, Position } from '../model'

export interface Finalising {
  readonly draft: Draft
  readonly answers: Answers
  readonly confirmed: readonly string[]
  readonly position: Position
  readonly nowMs: number
  readonly zone: string
  readonly skewMs: number | null
  readonly lastContactAt: string | null
  readonly deviceId: string
  readonly workerId: string
  readonly grants: readonly Grant[]
  readonly attachments: readonly AttachmentRef[]
  readonly evidence: Content['evidence']
}

export function contentOf(what: Finalising, seq: number): Content {
  const { draft } = what
  return {
    format: 'suifang.content/1',
    id: draft.id,
    device_id: what.deviceId,
    seq,
    submission_id: draft.base?.submission_id ?? draft.id,
    base_version_id: draft.base?.version_id ?? null,
    form: draft.form,
    subject: draft.subject,
    worker_id: what.workerId,
    started_at: draft.started_at,
    finalised_at: isoWithOffset(what.nowMs),
    clock: { zone: what.zone, skew_ms: what.skewMs, last_contact_at: what.lastContactAt },
    fix: what.position.fix,
    fix_state: what.position.state,
    answers: what.answers,
    confirmed: [...what.confirmed],
    attachments: [...what.attachments],
    sitting_id: draft.sitting_id,
    grants: [...what.grants],
    evidence: what.evidence,
  }
}

/** What anybody may see, what the seal is bound to, and what the phone signs. */
export function headerOf(envelope: Pick<Envelope, 'id' | 'device_id' | 'seq' | 'sha256' | 'key_id'>): string {
  return ['suifang.envelope/1', envelope.id, envelope.device_id, String(envelope.seq), envelope.sha256, envelope.key_id].join('\n')
}

/** What a late position is sealed with. */
export function lateFixHeaderOf(header: string): string {
  return `${header}\nlate_fix`
}

/** The content may weigh 256 KiB (0001, 'Limits'). */
export const MAX_CONTENT_BYTES = 256 * 1024
/** Small facts only: 4 KiB. */
export const MAX_EVIDENCE_BYTES = 4096
