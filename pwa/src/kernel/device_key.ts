/** The phone's own signature (docs/decisions/0001, 0004). */
import { b64, utf8 } from './bytes'

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** The phone's key pair: the private half cannot leave this browser. */
export async function newDeviceKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ECDSA, false, ['sign', 'verify'])
}

/** The 65-byte uncompressed point, base64url. */
export async function devicePublicKey(pair: CryptoKeyPair): Promise<string> {
  return b64(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)))
}

/** base64url of the 64-byte signature (r || s) over the text. */
export async function signText(pair: CryptoKeyPair, text: string): Promise<string> {
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, utf8(text))
  return b64(new Uint8Array(signature))
}
