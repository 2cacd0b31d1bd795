import { expect, test } from 'vitest'
import { deed } from './sentence'

test.each([
  ['Ada Lovelace', 'Ada Lovelace updated Bob Ray', 'updated Bob Ray'],
  ['Ada', 'Adam updated Bob Ray', 'Adam updated Bob Ray'],
  ['', ' updated', ' updated'],
  ['Ada', 'Ada ', 'Ada '],
  ['Ada', 'Update user', 'Update user'],
])('the deed of %j in %j', (actor_display, display_summary, want) => {
  expect(deed({ actor_display, display_summary })).toBe(want)
})
