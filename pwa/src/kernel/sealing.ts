/** Sealing for the server, and the phone's own signature (docs/decisions/0001). */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import { b64, concat, unb64, utf8, type Bytes } from './bytes'

const INFO = utf8('suifang.envelope/1')

function suite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
}

/**
 * Seals bytes so that only the server can open them.
 *
 * @param publicKey the server's 65-byte point, base64url, as `GET /config` gives it
 * @returns base64url of the encapsulated key (65 bytes) followed by the ciphertext
 */
export async function sealForServer(publicKey: string, plain: Bytes, aad: string): Promise<string> {
  const hpke = suite()
  const recipientPublicKey = await hpke.kem.deserializePublicKey(unb64(publicKey))
  const sender = await hpke.createSenderContext({ recipientPublicKey, info: INFO })
  const sealed = await sender.seal(plain, utf8(aad))
  return b64(concat(new Uint8Array(sender.enc), new Uint8Array(sealed)))
}

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
