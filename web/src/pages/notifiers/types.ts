import type { components } from '../../api/schema'

export type Notifier = components['schemas']['Notifier']
export type NotifierSpec = components['schemas']['NotifierSpec']
export type NotifierKinds = components['schemas']['NotifierKinds']
export type NotifierTest = components['schemas']['NotifierTest']
export type Kind = components['schemas']['KindSpec']
export type Severity = NonNullable<NotifierSpec['severity']>
