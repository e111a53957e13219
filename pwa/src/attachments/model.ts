/** Photos and signatures on this phone: taken in a draft, sent beside the envelope (docs/decisions/0008). */
import type { Bytes } from '../kernel/bytes'

export type MediaType = 'image/jpeg' | 'image/png'

/** A picture without anything but the picture. */
export interface Picture {
  readonly bytes: Bytes
  readonly mediaType: MediaType
}

/** `draft`: its form is being filled in; `waiting`: finalised, not yet with the server; `refused`: kept here, shown. */
export type AttachmentState = 'draft' | 'waiting' | 'sent' | 'refused'

/** What is known of a picture; its bytes lie apart, so that lists never load them. */
export interface AttachmentRow {
  /** Of the picture, before it was sealed. */
  readonly sha256: string
  /** The draft it was taken for, which is the envelope's id later on. */
  readonly draft_id: string
  readonly size: number
  readonly media_type: MediaType
  readonly state: AttachmentState
  /** The server's key it was sealed to. */
  readonly key_id: string | null
  readonly tries: number
  /** Code of the problem it met. */
  readonly trouble: string | null
  readonly settled_at: number | null
}

export interface BlobRow {
  readonly sha256: string
  /** Under the doctor's key, until the server has it. */
  readonly box: Bytes | null
  /** Under the server's key, from finalising on: one sealing, so that a cut upload can go on. */
  readonly sealed: Bytes | null
}

/** A picture that was sealed and is not queued yet. */
export interface SealedPicture {
  readonly sha256: string
  readonly keyId: string
  readonly sealed: Bytes
}

/** How the sending of one part ended. */
export type PartDelivery =
  | { readonly kind: 'taken'; readonly received: number; readonly complete: boolean }
  | { readonly kind: 'network' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number | null }
  | { readonly kind: 'refused'; readonly code: string }

export interface PartPlace {
  readonly sha256: string
  readonly sealedSha256: string
  readonly keyId: string
  readonly size: number
  readonly offset: number
}
