/** Photos and signatures of the form that is open. */
import type { Picture } from '../../attachments/model'
import { keepPicture, readPicture } from '../../attachments/store'
import { open } from './fill'
import { db, unlocked, vaultOrNull } from './phone'

/** What a form's fields ask for. Without it a form shows no camera: a preview at the desk. */
export const pictures = {
  /** @throws QuotaExceededError the phone is full */
  keep: async (picture: Picture): Promise<string> => {
    const draft = open.value?.draft.id
    if (draft === undefined) throw new Error('no form is open')
    return keepPicture(db, unlocked(), draft, picture)
  },
  read: async (sha256: string): Promise<Picture | null> => {
    const vault = vaultOrNull()
    return vault && readPicture(db, vault, sha256)
  },
}
