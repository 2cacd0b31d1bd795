import type { components } from '../../api/schema'

export type Token = components['schemas']['APIToken']
export type MadeToken = components['schemas']['MadeToken']
export type TokenSpec = components['schemas']['TokenSpec']
export type Role = TokenSpec['role']
