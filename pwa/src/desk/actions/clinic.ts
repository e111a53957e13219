/** The vaccination clinic: who is due, clinic days, slips, checks, campaigns, reactions. */
import { server } from '../../api/server'
import type {
  CampaignChildren, Campaigns, ClinicDays, DaysRequest, DueList, Expected, ReactionAction, ReactionLine, SchoolCheck, SlipsRequest,
} from '../../clinic/model'
import { b64, hex, utf8 } from '../../kernel/bytes'

export function readExpected(area: string | null, until: string): Promise<Expected> {
  return server().get<Expected>('/clinic/expected', ['villages', 'total', 'as_of'], { area, until })
}

export function listDue(village: string, until: string): Promise<DueList> {
  return server().get<DueList>('/clinic/due', ['items', 'clinic', 'today'], { village, until })
}

export function checkSchool(area: string, bornFrom: string, bornTo: string): Promise<SchoolCheck> {
  return server().get<SchoolCheck>('/clinic/school', ['items', 'children', 'complete'], { area, born_from: bornFrom, born_to: bornTo })
}

export function listDays(area: string, fromOn: string, toOn: string): Promise<ClinicDays> {
  return server().get<ClinicDays>('/clinic/days', ['items', 'holidays'], { area, from_on: fromOn, to_on: toOn })
}

export async function setDays(days: DaysRequest): Promise<void> {
  await server().post<ClinicDays>('/clinic/days', days, ['items'])
}

export function removeDay(id: string): Promise<void> {
  return server().done({ method: 'DELETE', path: `/clinic/days/${id}` })
}

export function readCampaigns(area: string | null, since: string): Promise<Campaigns> {
  return server().get<Campaigns>('/clinic/campaigns', ['campaigns', 'checks'], { area, since })
}

export function listCampaignChildren(area: string, since: string, name: string, vaccine: string): Promise<CampaignChildren> {
  return server().get<CampaignChildren>('/clinic/campaigns/children', ['items', 'left'], { area, since, name, vaccine })
}

export interface ReactionPage {
  items: ReactionLine[]
  open: number
  urgent: number
}

export function listReactions(area: string | null, state: 'open' | 'answered'): Promise<ReactionPage> {
  return server().get<ReactionPage>('/reactions', ['items', 'open', 'urgent'], { area, state })
}

export function answerReaction(id: string, answer: string, action: ReactionAction): Promise<ReactionLine> {
  return server().post<ReactionLine>(`/reactions/${id}/answer`, { answer, action }, ['id', 'state'])
}

const AT_ONCE = 200

/**
 * Gives each child a family link. The keys are made here and printed; the server learns their digests.
 *
 * @returns child -> token
 */
export async function makeLinks(village: string, children: readonly string[]): Promise<Map<string, string>> {
  const tokens = new Map(children.map((child) => [child, b64(crypto.getRandomValues(new Uint8Array(16)))]))
  const slips = await Promise.all(
    [...tokens].map(async ([child_id, token]) => ({
      child_id,
      token_sha256: hex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(token)))),
    })),
  )
  for (let at = 0; at < slips.length; at += AT_ONCE) {
    const body: SlipsRequest = { village, slips: slips.slice(at, at + AT_ONCE) }
    await server().post<{ expires_on: string }>('/clinic/slips', body, ['expires_on'])
  }
  return tokens
}
