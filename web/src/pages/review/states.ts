// What people find about a change, and the key for it.

import type { ReviewState } from '../../api/types'
import type { IconName } from '../../ui/Icon.svelte'

export interface StateInfo {
  state: ReviewState
  label: string
  key: string
  icon: IconName
  tone: 'success' | 'failure' | 'partial'
}

export const STATES: readonly StateInfo[] = [
  { state: 'expected', label: 'Expected', key: '1', icon: 'check', tone: 'success' },
  { state: 'unexpected', label: 'Unexpected', key: '2', icon: 'warning', tone: 'failure' },
  { state: 'investigating', label: 'Investigating', key: '3', icon: 'search', tone: 'partial' },
]
