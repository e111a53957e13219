/** Makes the envelope: canonical bytes, their hash, the seal and the signature (docs/decisions/0001). */
import type { Envelope, Fix } from '../api/wire'
import { b64, sha256Hex, utf8 } from '../kernel/bytes'
import { canonicalJson } from '../kernel/canonical'
import { signText } from '../kernel/device_key'
import { sealForServer, type Seal } from '../kernel/sealing'
import { contentOf, headerOf, lateFixHeaderOf, MAX_CONTENT_BYTES, MAX_EVIDENCE_BYTES, type Finalising } from '../submissions/rules/content'

export interface SealKey {
  readonly key_id: string
  readonly public_key: string
}

/** The content is too large to travel: photos belong beside it, not into it. */
export class TooLarge extends Error {}

/** @throws TooLarge */
export async function sealContent(what: Finalising, seq: number, keyId: string, pair: CryptoKeyPair, seal: Promise<Seal>): Promise<Envelope> {
  const bytes = utf8(canonicalJson(contentOf(what, seq)))
  const evidence = utf8(canonicalJson(what.evidence)).length
  if (bytes.length > MAX_CONTENT_BYTES || evidence > MAX_EVIDENCE_BYTES) throw new TooLarge()
  const head = {
    format: 'suifang.envelope/1' as const,
    id: what.draft.id,
    device_id: what.deviceId,
    seq,
    sha256: await sha256Hex(bytes),
    key_id: keyId,
  }
  const header = headerOf(head)
  const [sealed, signature] = await Promise.all([seal.then((closed) => closed(bytes, header)), signText(pair, header)])
  return { ...head, sealed: b64(sealed), signature }
}

/** The position that came after the doctor had pressed Finish. */
export async function sealLateFix(envelope: Envelope, fix: Fix, publicKey: string): Promise<string> {
  return sealForServer(publicKey, utf8(canonicalJson(fix)), lateFixHeaderOf(headerOf(envelope)))
}
