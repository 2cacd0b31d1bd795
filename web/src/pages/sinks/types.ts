import type { components } from '../../api/schema'

export type Sink = components['schemas']['Sink']
export type SinkSpec = components['schemas']['SinkSpec']
export type SinkStatus = Sink['status']
export type SinkKinds = components['schemas']['SinkKinds']
export type Kind = components['schemas']['Spec']
export type DeadLetter = components['schemas']['DeadLetter']
export type DeadLetterPage = components['schemas']['DeadLetterPage']
