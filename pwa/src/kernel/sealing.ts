/** Sealing for the server (docs/decisions/0001). */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import { b64, concat, unb64, utf8, type Bytes } from './bytes'

const INFO = 'suifang.envelope/1'

function suite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
}

/** Seals one thing, and no second. */
export type Seal = (plain: Bytes, aad: string) => Promise<Bytes>

/**
 * A seal that only the server can open. Most of the work needs nothing of what is sealed and takes a slow phone a
 * quarter of a second: who knows that something will be sealed makes the seal before.
 *
 * @param publicKey the server's 65-byte point, base64url, as `GET /config` gives it
 * @param info what kind of thing is sealed
 */
export async function makeSeal(publicKey: string, info = INFO): Promise<Seal> {
  const hpke = suite()
  const recipientPublicKey = await hpke.kem.deserializePublicKey(unb64(publicKey))
  const sender = await hpke.createSenderContext({ recipientPublicKey, info: utf8(info) })
  let isUsed = false
  return async (plain, aad) => {
    if (isUsed) throw new Error('a seal is good for one thing')
    isUsed = true
    return concat(new Uint8Array(sender.enc), new Uint8Array(await sender.seal(plain, utf8(aad))))
  }
}

/** @returns base64url of the encapsulated key (65 bytes) followed by the ciphertext */
export async function sealForServer(publicKey: string, plain: Bytes, aad: string): Promise<string> {
  return b64(await sealBytes(publicKey, plain, aad, INFO))
}

/** As `sealForServer`, as bytes. */
export async function sealBytes(publicKey: string, plain: Bytes, aad: string, info: string): Promise<Bytes> {
  return (await makeSeal(publicKey, info))(plain, aad)
}
