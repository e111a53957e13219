/** Reminders that were planned and sent. */
import { server } from '../api/server'
import type { ReminderLine } from '../api/wire'

export async function listReminders(village: string | null, state: string | null): Promise<ReminderLine[]> {
  return (await server().get<{ items: ReminderLine[] }>('/reminders', ['items'], { village, state })).items
}
